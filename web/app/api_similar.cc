// GET tickets/similar: what may be the same matter as the one that is being typed. Asked while
// somebody types, so each part looks at a bounded number of rows whatever the store holds.
#include <algorithm>
#include <cctype>
#include <map>

#include "protocol/base/archive.h"
#include "protocol/domain/phone.h"
#include "sync/projection/projection.h"
#include "web/app/api.h"
#include "web/app/auth.h"
#include "web/app/render.h"
#include "web/server/problem.h"
#include "web/server/query_reader.h"

namespace opora::app {

using protocol::Entity;
using protocol::Kind;
using protocol::TicketState;
using protocol::TicketStatus;

namespace {

constexpr std::size_t kMaxSimilar = 8;                // what is read beside a form, at a glance
constexpr std::size_t kMaxOfPhone = 50;               // of one number, newest first
constexpr std::size_t kMaxWords = 6;                  // the longest of what was typed
constexpr std::size_t kMinLetters = 4;                // of a word that says something
constexpr std::size_t kMaxOfWords = 30;               // best first
constexpr std::size_t kMaxOfTopic = 50;               // open ones, newest first
constexpr std::size_t kMaxLookedAt = 2'000;           // rows of open tickets, for their topic
constexpr std::int64_t kRecentMs = 7 * 86'400'000LL;  // done or rejected: still the same matter

struct Asked {
  Bytes phone;  // key of a number; empty: none
  std::string topic;
  SiteNo facility;
  std::string text;
};

Result<Asked> read_asked(const web::Query& query) {
  web::QueryReader in(query);
  Asked out;
  if (const auto phone = in.line("phone", {1, 40})) out.phone = protocol::phone_key(*phone);
  out.topic = in.line("topic", {1, 64}).value_or("");
  out.facility =
      SiteNo{static_cast<std::uint32_t>(in.integer("facility", {1, kMaxSiteNo}).value_or(0))};
  out.text = in.line("q", {1, 200}).value_or("");
  OPORA_TRY(in.finish());
  return out;
}

// Why a ticket is shown; what weighs more comes first. One weak likeness alone is none.
struct Likeness {
  bool phone = false;
  bool words = false;
  bool topic = false;
  bool facility = false;
  std::size_t hits = 0;  // words of what was typed that it has

  int weight() const { return 4 * phone + 2 * words + topic + facility; }
  bool enough() const { return weight() >= 2; }
};

// Each alone finds what the whole sentence would not: nobody says a thing twice in the same words.
std::vector<std::string> long_words(std::string_view text) {
  std::vector<std::string> out;
  std::string word;
  const auto letters = [](std::string_view s) {
    return static_cast<std::size_t>(
        std::count_if(s.begin(), s.end(), [](char c) { return (c & 0xC0) != 0x80; }));
  };
  const auto take = [&] {
    const bool fresh = std::find(out.begin(), out.end(), word) == out.end();
    if (letters(word) >= kMinLetters && fresh) out.push_back(word);
    word.clear();
  };
  for (const char c : text) {
    const bool ends =
        static_cast<unsigned char>(c) < 0x80 && std::isalnum(static_cast<unsigned char>(c)) == 0;
    if (ends) take();
    else word += c;
  }
  take();
  std::stable_sort(out.begin(), out.end(),
                   [&](const auto& a, const auto& b) { return letters(a) > letters(b); });
  if (out.size() > kMaxWords) out.resize(kMaxWords);
  return out;
}

class Similar {
 public:
  Similar(const Context& context, const sync::Reader& rows, const Asked& asked)
      : context_(context), rows_(rows), asked_(asked) {
    by_phone();
    by_words();
    by_topic();
  }

  std::string json(Renderer& renderer) {
    web::JsonWriter out(8 * 1024);
    out.object([&] {
      out.array("items", [&] {
        for (const auto& [entity, like] : best()) {
          out.object([&, &entity = entity, &like = like] {
            out.array("why", [&] { write_why(out, like); });
            out.key("ticket");
            renderer.ticket(out, entity);
          });
        }
      });
    });
    return out.take();
  }

 private:
  struct Found {
    Entity entity;
    Likeness like;
  };

  void by_phone() {
    if (asked_.phone.empty()) return;
    std::size_t looked = 0;
    rows_.scan_prefix(sync::Table::kIndex, protocol::keys::by_phone(asked_.phone, Kind::kTicket),
                      [&](std::string_view key, std::string_view) {
                        found_[protocol::keys::id_of(key)].phone = true;
                        return ++looked < kMaxOfPhone;
                      });
  }

  void by_words() {
    const auto words = long_words(asked_.text);
    for (const std::string& word : words) {
      for (const AggregateId& id : context_.search(word, kMaxOfWords)) ++found_[id].hits;
    }
    // One word in common is chance when there are several.
    for (auto& [id, like] : found_) like.words = like.hits > 0 && 2 * like.hits >= words.size();
  }

  void by_topic() {
    if (asked_.topic.empty()) return;
    std::size_t looked = 0;
    std::size_t taken = 0;
    rows_.scan_prefix(sync::Table::kIndex, protocol::keys::tickets(protocol::keys::Openness::kOpen),
                      [&](std::string_view key, std::string_view value) {
                        const auto row = from_row<protocol::TicketListRow>(value);
                        if (row && row->topic == asked_.topic) {
                          found_[protocol::keys::id_of(key)].topic = true;
                          ++taken;
                        }
                        return ++looked < kMaxLookedAt && taken < kMaxOfTopic;
                      });
  }

  // Open, or ended lately; a duplicate is shown by what it is a duplicate of.
  bool still_counts(const TicketState& ticket) const {
    if (ticket.opened.v == 0 || ticket.status == TicketStatus::kMerged) return false;
    return ticket.closed.v == 0 || ticket.finished_at + kRecentMs >= context_.clock.now();
  }

  std::vector<Found> best() const {
    std::vector<Found> out;
    for (const auto& [id, like] : found_) {
      Entity entity = sync::read_entity(rows_, Kind::kTicket, id);
      const auto* ticket = entity.as<TicketState>();
      if (ticket == nullptr || entity.erased || !still_counts(*ticket)) continue;
      Likeness whole = like;
      whole.topic = !asked_.topic.empty() && ticket->topic == asked_.topic;
      whole.facility = asked_.facility.v != 0 && ticket->facility == asked_.facility;
      if (whole.enough()) out.push_back({std::move(entity), whole});
    }
    std::sort(out.begin(), out.end(), [](const Found& a, const Found& b) {
      if (a.like.weight() != b.like.weight()) return a.like.weight() > b.like.weight();
      if (a.like.hits != b.like.hits) return a.like.hits > b.like.hits;
      return a.entity.as<TicketState>()->opened > b.entity.as<TicketState>()->opened;
    });
    if (out.size() > kMaxSimilar) out.resize(kMaxSimilar);
    return out;
  }

  static void write_why(web::JsonWriter& out, const Likeness& like) {
    if (like.phone) out.value("phone");
    if (like.words) out.value("words");
    if (like.topic) out.value("topic");
    if (like.facility) out.value("facility");
  }

  const Context& context_;
  const sync::Reader& rows_;
  const Asked& asked_;
  std::map<AggregateId, Likeness> found_;
};

void similar_route(const Context& context, const web::Request& request,
                   const web::Respond& respond) {
  auto user = authorize(context, request, protocol::Action::kReadTickets);
  if (!user.ok()) return respond(web::problem(user.error()));
  const auto asked = read_asked(request.query);
  if (!asked.ok()) return respond(web::problem(asked.error()));
  const auto rows = context.store.snapshot();
  Renderer renderer(context, *rows);
  std::string json = Similar(context, *rows, *asked).json(renderer);
  note_read(context, *user, protocol::ReadFrom::kTickets, renderer.shown());
  respond(web::json_response(200, std::move(json)));
}

}  // namespace

void add_similar_route(web::Router& router, const Context& context) {
  router.on(web::Method::kGet, "/api/v1/tickets/similar",
            [&context](const web::Request& request, const web::PathParams&,
                       const web::Respond& respond) { similar_route(context, request, respond); });
}

}  // namespace opora::app
