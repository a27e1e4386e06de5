'use client';

import { useRouter } from 'next/navigation';
import { client } from '../lib/client.js';

export function SignOut() {
  const router = useRouter();

  function signOut() {
    void client.signOut().then(() => router.refresh());
  }

  return (
    <button type="button" onClick={signOut}>
      Sign out
    </button>
  );
}
