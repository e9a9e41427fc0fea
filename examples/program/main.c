#include "primes.h"

#include <stdio.h>
#include <stdlib.h>

int main(int count, char **words) {
  unsigned long limit = count > 1 ? strtoul(words[1], NULL, 10) : 100;
  printf("%lu primes are below %lu\n", primes_below(limit), limit);
  return 0;
}
