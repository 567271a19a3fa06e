/**
 * A stand-in for PSA Crypto that computes nothing: it fills outputs with bytes that can be told from all others, so that what our own C does with
 * secrets can be watched without a library that has ways of its own.
 */
#ifndef STAND_IN_PSA_H
#define STAND_IN_PSA_H

#include <stddef.h>
#include <stdint.h>

/** What every output is filled with, from the start. */
void psa_stand_in_secret(uint8_t *bytes, size_t length);
/** Called with each output that holds a secret. */
extern void (*psa_stand_in_wrote)(uint8_t *bytes, size_t length);
/** What each call answers. */
extern int psa_stand_in_status;
/** The one of that name fails, once it has done its work; NULL: none does. */
extern const char *psa_stand_in_failing;

#endif
