import express from 'express';
import { createWatchword } from 'watchword';
import { watchword } from 'watchword/express';
import { sqlite } from 'watchword/sqlite';

const issuer = 'http://localhost:3000';
const auth = await createWatchword({ issuer, store: sqlite('watchword.db'), accounts: true });

const app = express();
app.use(watchword(auth)); // /auth/*: sign-up, sign-in, refresh, sign-out
app.get('/me', auth.require(), (req, res) => res.json({ subject: req.auth.subject }));
app.listen(3000, 'localhost');
