/** An expected failure: its message is a whole sentence for the person at the terminal, and needs no stack. */
export class Refusal extends Error {}
