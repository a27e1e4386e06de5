/** What a browser says that a content security policy kept from happening. All of it is a stranger's word. */
export interface ViolationReport {
  /** The page, without query and fragment. */
  readonly document: string;
  /** Such as `script-src-elem`; `unknown` if it was no name of a directive. */
  readonly directive: string;
  /** What was to be loaded, without query and fragment, or a word such as `inline` and `eval`. */
  readonly blocked: string;
  /** The script that wanted it, without query and fragment; `''` where there was none. */
  readonly source: string;
  /** 0 where it is not known. */
  readonly line: number;
  /** Whether it was kept from happening: a policy that only reports lets it pass. */
  readonly enforced: boolean;
}
