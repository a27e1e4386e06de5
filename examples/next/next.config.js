export default {
  // It has native modules, and is loaded as it is.
  serverExternalPackages: ['watchword'],
  poweredByHeader: false,
};
