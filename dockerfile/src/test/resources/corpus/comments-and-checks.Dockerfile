# check=skip=StageNameCasing,FromAsCasing;error=false

# base is where all begins
from alpine as Base

# check=skip=UndefinedVar
run echo $UNKNOWN
# NAME is the name
# of somebody
arg NAME=x
copy . /src
