import { adapterSuite } from './adapter-suite.ts';
import { loadExpress4 } from './express-4/install.ts';
import { expressAdapter } from './express-application.ts';

adapterSuite(expressAdapter('watchword/express in Express 4', await loadExpress4()));
