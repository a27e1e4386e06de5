/** The version of this library, as verifiers tell it to the issuer. */
export const VERSION = '0.1.0';
