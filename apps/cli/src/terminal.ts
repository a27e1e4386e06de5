/** One of the two streams that a command writes to. */
export interface TextOutput {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string, done?: (error?: Error | null) => void): unknown;
}

/** Where a command reads from: what it asks, and secrets, which no argument may carry. */
export type TextInput = NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined };

/** What a command may know of the terminal that it runs in. Tests hand in one of their own. */
export interface Terminal {
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  readonly stdin: TextInput;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Resolves once the text is out of our hands: a key that was not written must not look as if it was. */
export function print(output: TextOutput, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    output.write(text, (error) => {
      if (error) reject(new OutputError(error));
      else resolve();
    });
  });
}

/** Standard output, or standard error, cannot be written to: a full disk, a reader that went away. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
  /** As `head` goes once it has its lines: nobody has to be told. */
  readonly isReaderGone: boolean;

  constructor(cause: Error) {
    super(`The output could not be written: ${cause.message}`, { cause });
    this.isReaderGone = 'code' in cause && cause.code === 'EPIPE';
  }
}

/** Colour only where somebody looks, and where `NO_COLOR` (no-color.org) is not set to anything. */
export function hasColours(output: TextOutput, environment: Terminal['environment']): boolean {
  return output.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
}

/** Makes characters visible that would act on a terminal: what is quoted in a message comes from an argument. */
export function showControls(text: string): string {
  return text.replace(
    // oxlint-disable-next-line no-control-regex
    /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u{${character.charCodeAt(0).toString(16)}}`,
  );
}
