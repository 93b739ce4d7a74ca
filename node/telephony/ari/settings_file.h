// How a site reaches its Asterisk, as people write it: one JSON object (README.md of node/telephony
// has its fields, deploy/examples/asterisk/opora.json is one). The password is not in it. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "node/telephony/ari/translator.h"
#include "node/telephony/site_plan.h"
#include "web/client/remote.h"

namespace opora::telephony::ari {

inline constexpr std::size_t kMaxSettingsBytes = std::size_t{128} * 1024;

struct PbxSettings {
  web::Remote remote;  // without the password
  Settings settings;
};

// As much of it as whoever only hands callers over needs.
struct Access {
  web::Remote remote;  // without the password
  std::string app;
  std::string fallback_context;
  std::vector<std::string> sounds{};  // media, each once
};
// kInvalid with the path of the field; kTooLarge.
Result<Access> read_access(std::string_view json);

// For the agents and menus of this plan, of site `own`. kInvalid with the path of the field;
// kTooLarge.
Result<PbxSettings> read_settings(std::string_view json, const SitePlan& plan, SiteNo own);

}  // namespace opora::telephony::ari
