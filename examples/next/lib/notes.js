/** What the users of this example have written, as long as it runs. */
globalThis.notes ??= new Map();

export const notesOf = (subject) => globalThis.notes.get(subject) ?? [];

export const addNote = (subject, text) => globalThis.notes.set(subject, [...notesOf(subject), text]);
