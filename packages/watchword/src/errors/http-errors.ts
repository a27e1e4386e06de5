import type { ErrorDescription } from './error-description.ts';

/** What is wrong with a request whatever it asks for, or with the server. */
export const HTTP_ERRORS = {
  ERR_CROSS_SITE: {
    status: 403,
    title: 'Cross-site request',
    sentence:
      'The request came from another site, or does not show that it did not. A program that is no browser sends no cookies, and asks for “delivery”: “body” where it signs in.',
  },
  ERR_HTTPS_REQUIRED: {
    status: 403,
    title: 'Only over HTTPS',
    sentence:
      'The request came over plain HTTP, and so did whatever secret it carried. Send it to the https address, with another secret.',
  },
  ERR_DELIVERY_FORBIDDEN: {
    status: 403,
    title: 'Tokens not given to a page',
    sentence: 'A page gets its tokens in cookies. Leave out “delivery”, or have the origin listed.',
  },
  ERR_BODY_TOO_LARGE: {
    status: 413,
    title: 'Body too large',
    sentence: 'The body of the request is larger than this route takes.',
  },
  ERR_BODY_NOT_JSON: {
    status: 400,
    title: 'Not JSON',
    sentence: 'The body is not a JSON object in UTF-8 with members that occur once, nested at most 8 deep.',
  },
  ERR_BODY_INVALID: {
    status: 422,
    title: 'Wrong members',
    sentence:
      'The body, or another part of the request, lacks a member or has one that is wrong or unknown; “errors” names the members.',
  },
  ERR_CONTENT_TYPE: {
    status: 415,
    title: 'Wrong content type',
    sentence:
      'The body has a content type that this route does not take. Most take application/json, and nothing else.',
  },
  ERR_REQUEST_MALFORMED: {
    status: 400,
    title: 'Malformed request',
    sentence: 'The request does not follow HTTP, or its address cannot be decoded.',
  },
  ERR_REQUEST_TIMEOUT: {
    status: 408,
    title: 'Request too slow',
    sentence: 'The request did not come to its end in time. Send it again.',
  },
  ERR_HEADERS_TOO_LARGE: {
    status: 431,
    title: 'Headers too large',
    sentence: 'The headers of the request are larger than the server takes. Clear the cookies of this site.',
  },
  ERR_ROUTE_UNKNOWN: {
    status: 404,
    title: 'Nothing here',
    sentence: 'There is nothing at this address.',
  },
  ERR_METHOD: {
    status: 405,
    title: 'Wrong method',
    sentence: 'This address does not take that method; “Allow” lists those it takes.',
  },
  ERR_INTERNAL: {
    status: 500,
    title: 'Something broke',
    sentence: 'Something broke on the server. Try again, and tell the operator if it stays.',
  },
} as const satisfies Record<string, ErrorDescription>;
