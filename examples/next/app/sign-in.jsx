'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { client } from '../lib/client.js';

const headers = { 'content-type': 'application/json' };

export function SignIn() {
  const router = useRouter();
  const [problem, setProblem] = useState('');

  async function submit(event) {
    event.preventDefault();
    const body = JSON.stringify(Object.fromEntries(new FormData(event.currentTarget)));
    const path = `/auth/${event.nativeEvent.submitter.value}`;
    const response = await client.fetch(path, { method: 'POST', headers, body });
    if (response.ok) router.refresh();
    else setProblem((await response.json()).detail);
  }

  return (
    <main>
      <form method="post" onSubmit={(event) => void submit(event)}>
        <label>
          E-mail <input name="email" type="email" autoComplete="username" required />
        </label>
        <label>
          Password <input name="password" type="password" autoComplete="current-password" required />
        </label>
        <button value="sign-in">Sign in</button>
        <button value="sign-up">Sign up</button>
        <p role="alert">{problem}</p>
      </form>
    </main>
  );
}
