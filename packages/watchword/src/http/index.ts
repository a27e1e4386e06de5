export { appendCookies, createConnectGuard, fromConnect, sendConnect, sendConnectStream } from './connect.ts';
export type { ConnectGuard, ConnectNext, ConnectRequest, ConnectResponse } from './connect.ts';
export { createHttpFace } from './http-face.ts';
export type { HttpFace } from './http-face.ts';
export type { BodyReading, Header, NeutralRequest, NeutralResponse } from './neutral.ts';
export { METADATA_PATH } from './settings.ts';
export type { HttpSettings } from './settings.ts';
export type { StartSession } from '../engine/sessions/session-input.ts';
export type { VerifiedToken } from '../engine/tokens/verified-token.ts';
