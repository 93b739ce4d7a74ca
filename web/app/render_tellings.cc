#include "web/app/render_tellings.h"

#include <charconv>

#include <fmt/format.h>

#include "protocol/domain/telling.h"
#include "web/app/names.h"
#include "web/app/people.h"
#include "web/app/render.h"
#include "web/app/render_times.h"

namespace opora::app {

using protocol::PersonalField;
using protocol::Telling;

namespace {

std::optional<std::uint32_t> number(std::string_view digits) {
  std::uint32_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc{} || stop != end || value == 0) return std::nullopt;
  return value;
}

// Up to when he is told, and the calls that did not do it.
void write_calls(web::JsonWriter& out, const sync::Reader& rows, const Telling& telling) {
  out.field("warn_at", time_or_null(telling.times.warn));
  out.field("due_at", time_or_null(telling.times.due));
  out.field("calls", telling.calls);
  out.field("called_at", time_or_null(telling.last_call));
  People people(rows);
  const People::Person by =
      telling.calls == 0 ? People::Person{} : people.by_id(telling.last_call_by);
  out.field("called_by", text_or_null(by.login));
  out.field("called_by_name", text_or_null(by.name));
  out.field("call_again_at", time_or_null(telling.call_again));
}

}  // namespace

std::string telling_name(const Telling& telling) {
  return fmt::format("{}.{}", telling.term.v, telling.seq.v);
}

std::optional<TellingPlace> parse_telling_name(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto term = number(text.substr(0, dot));
  const auto seq = number(text.substr(dot + 1));
  if (!term || !seq) return std::nullopt;
  return TellingPlace{OwnerTerm{*term}, OwnerSeq{*seq}};
}

void write_telling(web::JsonWriter& out, const Context& context, const sync::Reader& rows,
                   const protocol::Entity& ticket, const Telling& telling) {
  const bool by_mail = protocol::way_of(telling) == protocol::TellBy::kMail;
  // Only the owner's site knows how its relay is.
  const auto standing = by_mail && context.telling_standing
                            ? context.telling_standing(rows, ticket, telling)
                            : std::nullopt;
  out.object([&] {
    out.field("telling", telling_name(telling));
    out.field("what", protocol::to_name(telling.what));
    out.field("since", telling.since);
    out.field("by", by_mail ? "mail" : "phone");
    out.field("trouble", name_or_null(telling.trouble));
    out.field("waits_for",
              standing ? std::optional<std::string_view>(standing->waits_for) : std::nullopt);
    out.field("tries", standing ? std::optional(standing->tries) : std::nullopt);
    out.field("next_try_at", standing ? standing->next : std::nullopt);
    write_calls(out, rows, telling);
  });
}

void write_to_tell(web::JsonWriter& out, const Context& context, const sync::Reader& rows,
                   const protocol::Entity& ticket) {
  const auto& state = *ticket.as<protocol::TicketState>();
  out.array("to_tell", [&] {
    if (ticket.erased) return;
    for (const Telling& one : state.tellings) write_telling(out, context, rows, ticket, one);
  });
}

void write_told(web::JsonWriter& out, const protocol::Event& event, Addresses addresses) {
  const auto* told = std::get_if<protocol::TicketApplicantTold>(&event.facts);
  if (told == nullptr) return out.field("told", std::nullopt);
  const auto found = event.personal.find(PersonalField::kSentTo);
  std::string address = found == event.personal.end() ? "" : found->second;
  if (!address.empty() && addresses == Addresses::kMasked) address = protocol::masked_mail(address);
  out.object("told", [&] {
    out.field("what", protocol::to_name(told->what));
    out.field("how", protocol::to_name(told->how));
    out.field("whom", name_or_null(told->whom));
    out.field("why", name_or_null(told->why));
    out.field("address", text_or_null(address));
  });
}

}  // namespace opora::app
