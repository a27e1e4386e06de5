import { handle } from 'watchword/web';
import { open } from '../../../lib/auth.js';

const route = async (request) => handle(await open(), request);

export { route as DELETE, route as GET, route as HEAD, route as OPTIONS, route as POST };
