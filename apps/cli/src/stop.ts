/** Ends a command before its time, or with what it found: 1 found something, 2 could not run. */
export class Stop extends Error {
  override readonly name = 'Stop';
  readonly exitCode: 1 | 2;

  /** The sentence goes to standard error; an empty one where everything is said already. */
  constructor(exitCode: 1 | 2, sentence: string) {
    super(sentence);
    this.exitCode = exitCode;
  }
}
