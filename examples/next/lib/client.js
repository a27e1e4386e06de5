import { createClient } from '@watchword/client';

export const client = createClient();
