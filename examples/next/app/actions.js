'use server';

import { revalidatePath } from 'next/cache';
import { addNote } from '../lib/notes.js';
import { requireUser } from '../lib/session.js';

export async function write(form) {
  const { subject } = await requireUser();
  addNote(subject, String(form.get('note')).slice(0, 200));
  revalidatePath('/');
}
