#ifndef PRIMES_H
#define PRIMES_H

/* How many primes are below a number. */
unsigned long primes_below(unsigned long limit);

#endif
