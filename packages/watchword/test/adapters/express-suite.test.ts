import express from 'express';
import { adapterSuite } from './adapter-suite.ts';
import { expressAdapter } from './express-application.ts';

adapterSuite(expressAdapter('watchword/express in Express 5', express));
