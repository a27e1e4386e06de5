/** The few globals that the pure rooms may use: every JavaScript runtime has them, none touches the outside. */

declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
}

declare class TextDecoder {
  constructor(label?: 'utf-8', options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input?: Uint8Array): string;
}

declare class URLSearchParams {
  constructor(query: string);
  [Symbol.iterator](): Iterator<[string, string]>;
}

/** What base64 spells, a character for each byte; throws for what is not base64. */
declare function atob(base64: string): string;

/** The base64 of a text that has a character of Latin-1 for each byte; throws for any other. */
declare function btoa(latin1: string): string;

declare class URL {
  constructor(url: string, base?: string | URL);
  static canParse(url: string, base?: string): boolean;
  readonly hash: string;
  readonly host: string;
  readonly hostname: string;
  readonly href: string;
  readonly origin: string;
  readonly pathname: string;
  readonly port: string;
  readonly protocol: string;
  readonly search: string;
  readonly username: string;
  readonly password: string;
}
