// Limits of the API (web/api/openapi.yaml) that a form says before the daemon has to.
export const kMaxDeskNo = 99;
export const kMaxSiteNo = 9999;
