declare const brand: unique symbol;

/** A value that went through the one function that may make it. The brand exists for the compiler alone. */
export type Brand<Value, Name extends string> = Value & { readonly [brand]: Name };
