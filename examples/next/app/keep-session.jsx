'use client';

import { useEffect } from 'react';
import { client } from '../lib/client.js';

/** Renews in time while a page is open, once for all tabs: what is fetched without a navigation finds a good token. */
export function KeepSession() {
  useEffect(() => {
    void client.start();
  }, []);
  return null;
}
