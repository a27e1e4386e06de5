/** Whether the nearest proxy says, in `X-Forwarded-Proto`, that it was asked over plain HTTP. */
export function cameOverHttp(forwardedProto: string | undefined): boolean {
  if (forwardedProto === undefined) return false;
  return (
    forwardedProto
      .slice(forwardedProto.lastIndexOf(',') + 1)
      .trim()
      .toLowerCase() === 'http'
  );
}
