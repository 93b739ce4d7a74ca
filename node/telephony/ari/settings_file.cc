#include "node/telephony/ari/settings_file.h"

#include <algorithm>
#include <set>

#include "node/telephony/ari/greetings.h"
#include "web/server/json_reader.h"

namespace opora::telephony::ari {

namespace {

using web::JsonReader;

constexpr web::LineRule kWord{1, 64};
constexpr web::LineRule kEndpoint{3, 128};
// Every site of a region may come by one trunk of its own.
constexpr std::size_t kMaxTrunks = 500;
constexpr std::string_view kAgentHere = "{agent}";
constexpr std::string_view kNumberHere = "{number}";

// PJSIP/201, Local/201@desk.
bool is_endpoint(std::string_view text) {
  const auto slash = text.find('/');
  return slash != std::string_view::npos && slash != 0 && slash + 1 < text.size();
}
bool is_media(std::string_view text) {
  return text.starts_with("sound:") || text.starts_with("recording:") || text.starts_with("tone:");
}
bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

void read_remote(JsonReader& in, web::Remote& to) {
  to.host = in.line("host", {1, 253});
  to.port = static_cast<std::uint16_t>(in.optional_integer("port", {1, 65'535}).value_or(8'088));
  to.user = in.line("user", kWord);
  const bool trusted = in.optional_boolean("trusted_network").value_or(false);
  if (!is_loopback(to.host) && !trusted)
    in.fail("host",
            "ARI is not encrypted: another machine needs trusted_network, for a network of its "
            "own or a tunnel");
}

class SettingsReader {
 public:
  SettingsReader(const SitePlan& plan, SiteNo own, PbxSettings& out)
      : plan_(plan), own_(own), out_(out) {}

  void read(JsonReader& in) {
    read_remote(in, out_.remote);
    Settings& to = out_.settings;
    to.app = in.optional_line("app", kWord).value_or(to.app);
    to.trunk = endpoint(in, "trunk", kNumberHere).value_or("");
    to.region = endpoint(in, "region").value_or("");
    to.fallback_context = in.optional_line("fallback_context", kWord).value_or(to.fallback_context);
    to.music = in.optional_line("music", kWord).value_or(to.music);
    for (const auto& [name, skill] : plan_.skills) to.skills[skill_code(name)] = skill;
    read_endpoints(in);
    // People dial "201" for who is reached at PJSIP/201, whatever the plan calls him.
    for (const auto& [agent, at] : to.endpoints)
      to.extensions[at.substr(at.find('/') + 1, at.find('@') - at.find('/') - 1)] = agent;
    if (in.has("sites"))
      in.array("sites", {0, kMaxTrunks}, [&](JsonReader& each) { read_site(each); });
    in.optional_object("sounds", [&](JsonReader& each) { read_sounds(each); });
    say_what_is_missing(in);
  }

 private:
  // Whoever may speak for a site may say of callers that they come from there: no telephone of an
  // agent, and nobody for ourselves.
  void read_site(JsonReader& in) {
    const SiteNo site{static_cast<std::uint32_t>(in.integer("site", {1, kMaxSiteNo}))};
    if (site == own_)
      in.fail("site", "this site itself: only another site's callers come over by a trunk");
    const auto trunk = endpoint(in, "trunk");
    if (!trunk) return in.fail("trunk", "required");
    const bool telephone = std::ranges::any_of(
        out_.settings.endpoints, [&](const auto& each) { return each.second == *trunk; });
    if (telephone) in.fail("trunk", "the telephone of an agent of this site");
    out_.settings.sites.emplace(*trunk, site);
  }

  std::optional<std::string> endpoint(JsonReader& in, std::string_view field,
                                      std::string_view with = {}) {
    auto text = in.optional_line(field, kEndpoint);
    if (!text) return text;
    const bool whole = text->find(with) != std::string::npos;
    if (is_endpoint(*text) && whole) return text;
    in.fail(field, whole ? "as PJSIP/201" : "has no " + std::string(with));
    return std::nullopt;
  }

  // One pattern for all, and who is reached in another way.
  void read_endpoints(JsonReader& in) {
    const auto pattern = endpoint(in, "endpoint", kAgentHere);
    for (const auto& [agent, unused] : plan_.calls.agents) {
      out_.settings.extensions[plan_.name_of(agent)] = agent;
      if (!pattern) continue;
      std::string at = *pattern;
      at.replace(at.find(kAgentHere), kAgentHere.size(), plan_.name_of(agent));
      out_.settings.endpoints[agent] = std::move(at);
    }
    if (!in.has("endpoints")) return;
    in.array("endpoints", {0, kMaxAgents}, [&](JsonReader& each) {
      const std::string name = each.line("agent", kWord);
      const auto agent = std::ranges::find_if(
          plan_.calls.agents, [&](const auto& one) { return plan_.name_of(one.first) == name; });
      if (agent == plan_.calls.agents.end()) return each.fail("agent", "no such agent in the plan");
      if (const auto at = endpoint(each, "endpoint")) out_.settings.endpoints[agent->first] = *at;
      else each.fail("endpoint", "required");
    });
  }

  void read_sounds(JsonReader& in) {
    Settings& to = out_.settings;
    to.closed_media = media(in, "closed");
    to.closed_with_offer_media = media(in, "closed_with_offer");
    to.offer_media = media(in, "offer");
    read_texts(in);  // for whoever speaks them; a mistake in them is told here too
    to.promise_media = media(in, "promise");
    if (in.has("notice")) to.menus[kNotice] = media(in, "notice");
    if (!in.has("menus")) return;
    in.array("menus", {0, kMaxMenus}, [&](JsonReader& each) {
      const MenuNo no{static_cast<std::uint16_t>(each.integer("no", {1, 65'535}))};
      if (!plan_.calls.menus.contains(no)) each.fail("no", "no such menu in the plan");
      to.menus[no] = media(each, "media");
    });
  }
  static std::string media(JsonReader& in, std::string_view field) {
    auto text = in.optional_line(field, kEndpoint);
    if (text && !is_media(*text)) in.fail(field, "as sound:opora/menu");
    return text.value_or("");
  }

  // Whoever could not be rung or would hear nothing is told before the first call comes.
  void say_what_is_missing(JsonReader& in) {
    for (const auto& [agent, unused] : plan_.calls.agents)
      if (!out_.settings.endpoints.contains(agent))
        return in.fail("endpoints", "none for agent " + plan_.name_of(agent));
    for (const auto& [menu, unused] : plan_.calls.menus)
      if (out_.settings.menus[menu].empty())
        return in.fail("sounds.menus", "none for menu " + std::to_string(menu.v));
    const bool noticed = std::ranges::any_of(plan_.calls.lines, [](const auto& each) {
      return each.second.notice == LinePlan::Notice::kFirst;
    });
    if (noticed && out_.settings.menus[kNotice].empty())
      return in.fail("sounds.notice", "required: a line of the plan says that it is recorded");
    const bool to_region = std::ranges::any_of(plan_.calls.queues, [](const auto& each) {
      return each.second.overflow.to == OverflowTo::kRegion;
    });
    if (to_region && out_.settings.region.empty())
      return in.fail("region", "required: a queue of the plan overflows to it");
    const bool promises = std::ranges::any_of(plan_.calls.queues, [](const auto& each) {
      return each.second.overflow.no_trunk == Overflow::NoTrunk::kCallsBack;
    });
    if (promises && out_.settings.promise_media.empty())
      in.fail("sounds.promise", "required: a queue of the plan calls back when no trunk is free");
  }

  const SitePlan& plan_;
  const SiteNo own_;
  PbxSettings& out_;
};

}  // namespace

namespace {

// For whoever only looks whether they are there: mistakes are told where they are used.
std::vector<std::string> sounds_in(JsonReader& in) {
  std::set<std::string> out;
  const auto take = [&](JsonReader& from, std::string_view field) {
    if (const auto media = from.optional_line(field, kEndpoint)) out.insert(*media);
  };
  in.optional_object("sounds", [&](JsonReader& sounds) {
    for (const char* field : {"closed", "closed_with_offer", "offer", "promise", "notice"})
      take(sounds, field);
    if (sounds.has("menus"))
      sounds.array("menus", {0, kMaxMenus}, [&](JsonReader& each) { take(each, "media"); });
  });
  return {out.begin(), out.end()};
}

}  // namespace

Result<Access> read_access(std::string_view json) {
  if (json.size() > kMaxSettingsBytes) return Error{Code::kTooLarge, "", "settings of an Asterisk"};
  auto document = web::JsonDocument::parse(json);
  if (!document.ok()) return document.error();
  Access out;
  JsonReader in = document->read(web::UnknownFields::kIgnore);
  read_remote(in, out.remote);
  const Settings usual;
  out.app = in.optional_line("app", kWord).value_or(usual.app);
  out.fallback_context =
      in.optional_line("fallback_context", kWord).value_or(usual.fallback_context);
  out.sounds = sounds_in(in);
  OPORA_TRY(in.finish());
  return out;
}

Result<PbxSettings> read_settings(std::string_view json, const SitePlan& plan, SiteNo own) {
  if (json.size() > kMaxSettingsBytes) return Error{Code::kTooLarge, "", "settings of an Asterisk"};
  auto document = web::JsonDocument::parse(json);
  if (!document.ok()) return document.error();
  PbxSettings out;
  JsonReader in = document->read();
  out.settings.site = own;
  SettingsReader(plan, own, out).read(in);
  OPORA_TRY(in.finish());
  return out;
}

}  // namespace opora::telephony::ari
