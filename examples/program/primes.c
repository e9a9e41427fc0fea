#include "primes.h"

static int is_prime(unsigned long number) {
  for (unsigned long divisor = 2; divisor * divisor <= number; divisor++) {
    if (number % divisor == 0) {
      return 0;
    }
  }
  return number > 1;
}

unsigned long primes_below(unsigned long limit) {
  unsigned long count = 0;
  for (unsigned long number = 2; number < limit; number++) {
    count += is_prime(number);
  }
  return count;
}
