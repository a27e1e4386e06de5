export type { Authorization, GuardVerdict } from './authorize.ts';
export {
  appendCookies,
  createConnectGuard,
  fromConnect,
  headOfConnect,
  HSTS,
  noBody,
  pathOfConnect,
  sendConnect,
  sendConnectStream,
} from './connect.ts';
export type { ConnectGuard, ConnectNext, ConnectRequest, ConnectResponse } from './connect.ts';
export type { AdapterFace, Guard, GuardOptions, HandshakeGuard, Installation } from './guard.ts';
export { cookieHeaders, renewedCookie } from './cookies/cookie-headers.ts';
export { createHttpFace } from './http-face.ts';
export type { HttpFace } from './http-face.ts';
export type { BodyReading, Header, NeutralRequest, NeutralResponse } from './neutral.ts';
export { afterwards, type Soon } from './soon.ts';
export { METADATA_PATH } from './settings.ts';
export type { StreamingBody } from '../ports/byte-sink.ts';
export type { HttpSettings } from './settings.ts';
export type { VerifyOptions } from '../engine/tokens/verify-options.ts';
export type { StartSession } from '../engine/sessions/session-input.ts';
export type { VerifiedToken } from '../engine/tokens/verified-token.ts';
export type { SelfCheckFinding, SelfCheckReport } from './self-check/report.ts';
