// `opora status`: how a daemon and its links are, in words, with what to do about what is wrong.
#include <ostream>

#include "deploy/tool/alarm_words.h"
#include "deploy/tool/commands.h"

#include "protocol/base/ids.h"
#include "web/server/json_reader.h"

namespace opora::tool {

namespace {

// Of what waits for a site the hub counts no more.
constexpr std::int64_t kMostCounted = 1'000;

Error unreadable() { return Error{Code::kInternal, "", "the daemon's answer does not read"}; }

void say_alarms(web::JsonReader& in, std::ostream& out) {
  if (!in.has("alarms")) return;
  in.array("alarms", {0, 1'000}, [&](web::JsonReader& row) {
    const std::string code = row.line("code", {0, 64});
    const std::string text = row.text("text", {0, 1'000});
    const AlarmWords* known = words_of_alarm(code);
    out << "  ALARM " << code << ": ";
    if (known != nullptr) out << known->what << "; to do: " << known->todo << "\n    ";
    out << text << "\n";
  });
}

std::string span_of(std::int64_t seconds) {
  if (seconds < 120) return std::to_string(seconds) + " s";
  if (seconds < 7'200) return std::to_string(seconds / 60) + " min";
  return std::to_string(seconds / 3'600) + " h";
}

// "journal to the region: 1204 received, 1180 of them in a verified backup; 3 wait, all there in
// about 2 s".
void say_stream(web::JsonReader& row, std::ostream& out) {
  const std::string name = row.line("stream", {0, 64});
  const bool outgoing = row.line("direction", {0, 8}) == "out";
  out << "  " << name << (outgoing ? " to the region: " : " from the region: ");
  const auto durable = row.optional_integer("durable");
  out << (durable ? std::to_string(*durable) + " received" : std::string("not known yet"));
  if (const auto safe = row.optional_integer("safe"))
    out << ", " << *safe << " of them in a verified backup";
  const auto waiting = row.optional_integer("waiting");
  if (waiting) out << "; " << (*waiting == 0 ? "nothing" : std::to_string(*waiting)) << " waits";
  if (const auto eta = row.optional_integer("eta_s"); eta && waiting.value_or(0) > 0)
    out << ", all there in about " << span_of(*eta);
  out << "\n";
}

void say_waiting(web::JsonReader& in, std::ostream& out) {
  const std::int64_t pending = in.integer("pending");
  if (pending == 0) {
    out << "nothing waits to be sent\n";
    return;
  }
  out << pending << " records wait to be sent, " << in.optional_integer("forms_pending").value_or(0)
      << " forms among them, the oldest from "
      << in.optional_line("oldest_pending_at", {0, 64}).value_or("an unknown time") << "\n";
}

// What the lane of files has before it.
void say_files(web::JsonReader& in, std::ostream& out) {
  in.optional_object("files", [&](web::JsonReader& files) {
    const auto unsent = files.optional_integer("unsent").value_or(0);
    const auto missing = files.optional_integer("missing").value_or(0);
    constexpr std::int64_t kMb = std::int64_t{1} << 20;
    out << "files: " << (files.optional_integer("bytes").value_or(0) + kMb - 1) / kMb
        << " MB kept here, " << unsent << " on their way to the region, " << missing
        << " still to come here\n";
  });
}

// Of the second device.
void say_safety(const std::string& state, std::ostream& out) {
  if (state == "on") out << "safety journal: what the region lacks is on two devices\n";
  if (state == "off") out << "safety journal: off, what the region lacks is on one device\n";
  if (state == "failed")
    out << "safety journal: FAILED, what the region lacks is on one device alone\n";
}

void say_node(web::JsonReader& in, std::ostream& out) {
  const bool connected = in.boolean("connected");
  out << "site " << in.integer("site", {0, kMaxSiteNo}) << ": "
      << (connected ? "connected to the region" : "NOT connected to the region");
  if (const auto since = in.optional_line("since", {0, 64})) out << " since " << *since;
  out << "\n";
  say_waiting(in, out);
  if (const auto error = in.optional_line("last_error", {0, 1'000}))
    out << "last error of the link: " << *error << "\n";
  say_files(in, out);
  if (const auto safety = in.optional_line("safety", {0, 16})) say_safety(*safety, out);
  const auto until = in.optional_line("credentials_until", {0, 64});
  if (!connected && until)
    out << "users of the region sign in here until " << *until << " if nothing is heard of it\n";
  if (in.has("streams"))
    in.array("streams", {0, 100}, [&](web::JsonReader& row) { say_stream(row, out); });
  in.array("parked", {0, 1'000}, [&](web::JsonReader& row) {
    out << "set aside: " << row.line("stream", {0, 64}) << " " << row.integer("position") << ": "
        << row.text("reason", {0, 1'000}) << "\n";
  });
  say_alarms(in, out);
}

void say_site(web::JsonReader& row, std::ostream& out) {
  out << "site " << row.integer("no", {0, kMaxSiteNo}) << " " << row.line("name", {0, 200}) << ": ";
  if (!row.boolean("enrolled")) {
    out << "not enrolled yet\n";
    return;
  }
  out << (row.boolean("connected") ? "connected" : "NOT connected");
  const auto through = row.optional_line("data_through", {0, 64});
  out << ", data " << (through ? "through " + *through : std::string("never heard of"));
  if (const auto pending = row.optional_integer("pending"); pending && *pending > 0)
    out << ", " << *pending << " records to come";
  row.optional_object("journal", [&](web::JsonReader& journal) {
    if (const auto eta = journal.optional_integer("eta_s"))
      out << ", all here in about " << span_of(*eta);
    out << "; " << journal.optional_integer("durable").value_or(0) << " records here, "
        << journal.optional_integer("safe").value_or(0) << " of them in a verified backup";
  });
  row.optional_object("queue", [&](web::JsonReader& queue) {
    const auto records = queue.optional_integer("records").value_or(0);
    const auto withdrawn = queue.optional_integer("withdrawn").value_or(0);
    const char* counted = records + withdrawn < kMostCounted ? "" : " or more";
    if (records > 0) out << "; " << records << counted << " wait for it";
    if (withdrawn > 0) out << "; " << withdrawn << " withdrawn, its right to them ended";
  });
  out << "\n";
  say_alarms(row, out);
}

Result<Ending> say_sites(Api& api, std::ostream& out) {
  auto body = api.get("/api/v1/sites");
  if (!body.ok()) return body.error();
  auto document = web::JsonDocument::parse(*body);
  if (!document.ok()) return unreadable();
  web::JsonReader in = document->read(web::UnknownFields::kIgnore);
  in.array("items", {0, kMaxSiteNo}, [&](web::JsonReader& row) { say_site(row, out); });
  return in.finish().ok() ? Result<Ending>(Ending::kDone) : Result<Ending>(unreadable());
}

}  // namespace

Result<Ending> status(const Remote& remote, std::ostream& out) {
  auto api = open_api(remote);
  if (!api.ok()) return api.error();
  auto body = api->get("/api/v1/sync");
  if (!body.ok()) return body.error();
  auto document = web::JsonDocument::parse(*body);
  if (!document.ok()) return unreadable();
  web::JsonReader in = document->read(web::UnknownFields::kIgnore);
  if (!in.has("sites")) {
    say_node(in, out);
    return in.finish().ok() ? Result<Ending>(Ending::kDone) : Result<Ending>(unreadable());
  }
  out << "region: " << in.integer("connected") << " of " << in.integer("sites")
      << " sites connected\n";
  say_files(in, out);
  say_alarms(in, out);
  if (!in.finish().ok()) return unreadable();
  return say_sites(*api, out);
}

}  // namespace opora::tool
