/*
 * ECDSA signatures in the two spellings: r ‖ s of fixed length, which JOSE has (RFC 7518 §3.4), and the DER of
 * SEQUENCE { INTEGER r, INTEGER s } (RFC 3279 §2.2.3), which OpenSSL has. Node can be asked for the former, and takes twice as long
 * for it. `test/crypto/ecdsa-signature.test.ts` holds this to Node's own conversion.
 */

const SEQUENCE = 0x30;
const INTEGER = 0x02;
/** A length of 128 or more is written in one more byte, behind this one. */
const LONG_FORM = 0x81;

/** r ‖ s, each in `fieldBytes`, from what OpenSSL wrote. */
export function concatFromDer(der: Uint8Array, fieldBytes: number): Uint8Array {
  const concat = new Uint8Array(2 * fieldBytes);
  let at = der[1] === LONG_FORM ? 3 : 2;
  for (const end of [fieldBytes, 2 * fieldBytes]) {
    const length = der[at + 1] ?? 0;
    const integer = der.subarray(at + 2, at + 2 + length);
    // A first byte above 127 would be a sign, so that a zero stands before it.
    const digits = integer.length > fieldBytes ? integer.subarray(integer.length - fieldBytes) : integer;
    concat.set(digits, end - digits.length);
    at += 2 + length;
  }
  return concat;
}

/** The DER of r ‖ s, each of which has half of the bytes. */
export function derFromConcat(concat: Uint8Array): Uint8Array {
  const half = concat.length / 2;
  const r = significant(concat.subarray(0, half));
  const s = significant(concat.subarray(half));
  const content = 4 + r.length + s.length + signByte(r) + signByte(s);
  const head = content < 128 ? [SEQUENCE, content] : [SEQUENCE, LONG_FORM, content];
  const der = new Uint8Array(head.length + content);
  der.set(head);
  let at = head.length;
  for (const integer of [r, s]) {
    const sign = signByte(integer);
    der[at] = INTEGER;
    der[at + 1] = integer.length + sign;
    der.set(integer, at + 2 + sign);
    at += 2 + sign + integer.length;
  }
  return der;
}

/** Without leading zeros, but never empty. */
function significant(bytes: Uint8Array): Uint8Array {
  let at = 0;
  while (at < bytes.length - 1 && bytes[at] === 0) at += 1;
  return bytes.subarray(at);
}

function signByte(integer: Uint8Array): 0 | 1 {
  return (integer[0] ?? 0) > 0x7f ? 1 : 0;
}
