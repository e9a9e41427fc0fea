FROM python:3-alpine
RUN <<setup.py
#!/usr/bin/env python
import os
print(os.environ)
setup.py
RUN <<'BASH' bash -euo pipefail
for i in {1..3}; do
  echo "$i"   # not expanded
done
BASH
ADD <<one.txt https://example.com/x.bin /in/
content
one.txt
