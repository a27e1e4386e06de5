/** A setting that the server refuses to start with. Its message is the sentence that says what to set instead. */
export class SettingError extends Error {
  readonly code = 'ERR_CONFIG';
}
