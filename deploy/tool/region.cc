#include <charconv>
#include <ostream>

#include "deploy/tool/commands.h"

#include "web/server/json_reader.h"
#include "web/server/json_writer.h"

namespace opora::tool {

namespace {

Error unreadable() { return Error{Code::kInternal, "", "the daemon's answer does not read"}; }

std::string lower_sites(const std::vector<std::int64_t>& sites) {
  std::string out;
  for (const std::int64_t no : sites) {
    if (!out.empty()) out += ", ";
    out += no == 0 ? std::string("the region") : "site " + std::to_string(no);
  }
  return out;
}

std::string erase_body(const Erase& options) {
  web::JsonWriter out;
  out.object([&] {
    if (!options.ticket.empty()) out.field("ticket_number", options.ticket);
    if (!options.contact.empty()) out.field("contact_id", options.contact);
    if (!options.aggregate.empty()) out.field("aggregate", options.aggregate);
    out.field("basis", options.basis);
  });
  return out.take();
}

Result<bool> has_site(Api& api, std::uint32_t site) {
  auto body = api.get("/api/v1/sites");
  if (!body.ok()) return body.error();
  auto document = web::JsonDocument::parse(*body);
  if (!document.ok()) return unreadable();
  web::JsonReader in = document->read(web::UnknownFields::kIgnore);
  bool found = false;
  in.array("items", {0, kMaxSiteNo}, [&](web::JsonReader& row) {
    if (row.integer("no", {0, kMaxSiteNo}) == site) found = true;
  });
  return in.finish().ok() ? Result<bool>(found) : Result<bool>(unreadable());
}

Result<std::string> site_body(const Enrol& options) {
  std::vector<DeskOption> desks;
  for (const std::string& text : options.desks) {
    auto desk = parse_desk(text);
    if (!desk.ok()) return desk.error();
    desks.push_back(std::move(*desk));
  }
  if (desks.empty()) desks.push_back({1, options.name});
  web::JsonWriter out;
  out.object([&] {
    out.field("no", options.site);
    out.field("name", options.name);
    out.field("zone", options.zone);
    out.array("desks", [&] {
      for (const DeskOption& desk : desks) {
        out.object([&] {
          out.field("no", desk.no);
          out.field("name", desk.name);
        });
      }
    });
  });
  return out.take();
}

}  // namespace

Result<Api> open_api(const Remote& remote) {
  auto token = read_secret(remote.token_file, "token-file");
  if (!token.ok()) return token.error();
  return Api::open({remote.url, *token, remote.ca_file});
}

Result<DeskOption> parse_desk(const std::string& text) {
  const std::size_t equals = text.find('=');
  DeskOption out;
  const char* const end = text.data() + std::min(equals, text.size());
  const auto [rest, error] = std::from_chars(text.data(), end, out.no);
  const bool number = equals != std::string::npos && error == std::errc{} && rest == end;
  if (!number || out.no < 1 || out.no > 99) return invalid("desk", "\"1=Name\", desks 1 to 99");
  out.name = text.substr(equals + 1);
  if (out.name.empty()) return invalid("desk", "a desk has a name: \"1=Name\"");
  return out;
}

Result<Ending> erase(const Erase& options, std::ostream& out) {
  auto api = open_api(options.remote);
  if (!api.ok()) return api.error();
  auto body = api->post("/api/v1/erasures", erase_body(options));
  if (!body.ok()) return body.error();
  auto document = web::JsonDocument::parse(*body);
  if (!document.ok()) return unreadable();
  web::JsonReader in = document->read(web::UnknownFields::kIgnore);
  const auto erased = in.lines("aggregates", {0, 1'000}, {32, 32});
  const auto pending = in.integers("pending_sites", {0, 10'000}, {0, kMaxSiteNo});
  if (!in.finish().ok()) return unreadable();
  for (const std::string& id : erased) out << "erased " << id << "\n";
  out << (pending.empty() ? std::string("nobody else holds it")
                          : "on its way to " + lower_sites(pending))
      << "\n";
  return Ending::kDone;
}

Result<Ending> enrol(const Enrol& options, std::ostream& out, std::ostream& remarks) {
  auto site = site_body(options);
  if (!site.ok()) return site.error();
  auto api = open_api(options.remote);
  if (!api.ok()) return api.error();
  auto known = has_site(*api, options.site);
  if (!known.ok()) return known.error();
  if (*known) {
    remarks << "site " << options.site << " exists and stays as it is\n";
  } else {
    auto made = api->post("/api/v1/sites", *site);
    if (!made.ok()) return made.error();
  }
  auto body = api->post("/api/v1/sites/" + std::to_string(options.site) + "/enrolment", "{}");
  if (!body.ok()) return body.error();
  auto document = web::JsonDocument::parse(*body);
  if (!document.ok()) return unreadable();
  web::JsonReader in = document->read(web::UnknownFields::kIgnore);
  const std::string code = in.line("code", {1, 1'000});
  const std::string expires = in.line("expires_at", {1, 64});
  if (!in.finish().ok()) return unreadable();
  out << code << "\n";
  remarks << "good once, until " << expires << "\n";
  return Ending::kDone;
}

Result<Ending> decide_fork(const Fork& options, std::ostream& out) {
  auto api = open_api(options.remote);
  if (!api.ok()) return api.error();
  const std::string path = "/api/v1/sites/" + std::to_string(options.site) + "/fork";
  auto body = api->post(path, R"({"decision":")" + options.decision + R"("})");
  if (!body.ok()) return body.error();
  out << "site " << options.site << ": its branch is "
      << (options.decision == "adopt" ? "adopted" : "set aside") << " when it next connects\n";
  return Ending::kDone;
}

}  // namespace opora::tool
