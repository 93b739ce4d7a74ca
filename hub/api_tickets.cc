#include "hub/api.h"
#include "hub/owners.h"
#include "protocol/domain/ownership.h"
#include "web/app/declared.h"
#include "web/app/ticket_actions.h"
#include "web/server/json_reader.h"

namespace opora::hub {

using protocol::Action;

namespace {

enum class Verb : std::uint8_t { kRoute, kDecline, kTakeOver };
constexpr std::array kVerbs = {
    web::EnumName<Verb>{"route", Verb::kRoute},
    web::EnumName<Verb>{"decline", Verb::kDecline},
    web::EnumName<Verb>{"take_over", Verb::kTakeOver},
};
constexpr std::int64_t kMinuteMs = 60'000;

struct Form {
  Verb verb = Verb::kRoute;
  SiteNo to;
  std::int64_t lease_ms = 0;
  std::string text;
};

Result<Form> read_form(const std::string& body) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read();
  Form out;
  out.verb = in.required_enum<Verb>("action", std::span<const web::EnumName<Verb>>(kVerbs));
  if (out.verb != Verb::kDecline)
    out.to = SiteNo{static_cast<std::uint32_t>(in.integer("to", {1, kMaxSiteNo}))};
  if (out.verb == Verb::kRoute)
    out.lease_ms = in.optional_integer("lease_minutes", {protocol::kMinLeaseMs / kMinuteMs,
                                                         protocol::kMaxLeaseMs / kMinuteMs})
                       .value_or(0) *
                   kMinuteMs;
  if (out.verb == Verb::kTakeOver) {
    out.text = in.optional_text("reason", {0, 4'000}).value_or("");
  } else {
    out.text = in.optional_text("text", {0, 4'000}).value_or("");
  }
  OPORA_TRY(in.finish());
  return out;
}

Result<protocol::Drafts> drafts_of(sync::Decision& decision, const protocol::Entity& ticket,
                                   const Form& form) {
  const protocol::DecideContext at = decision.context();
  if (form.verb == Verb::kDecline)
    return decide(protocol::AnswerOffer{protocol::OfferReply::kDeclined, form.text}, ticket, at);
  OPORA_TRY(app::check_site(decision, form.to, "to"));
  const auto* state = ticket.as<protocol::TicketState>();
  if (state == nullptr) return Error{Code::kNotFound, "number", "no such ticket"};
  const StreamPos through = journal_through(decision.rows(), protocol::owner_of(*state));
  if (form.verb == Verb::kTakeOver)
    return decide(protocol::TakeOver{form.to, form.text}, ticket, through, at);
  return decide(protocol::RouteTicket{form.to, form.lease_ms, form.text}, ticket, through, at);
}

}  // namespace

void add_ticket_decisions(web::Router& router, const app::Context& context) {
  app::add_ticket_action_route(
      router, context, [](const app::User&, const std::string& body) -> Result<app::TicketChange> {
        auto form = read_form(body);
        if (!form.ok()) return form.error();
        const Action right =
            form->verb == Verb::kTakeOver ? Action::kTakeOverTicket : Action::kRouteTicket;
        const auto shared = std::make_shared<const Form>(std::move(*form));
        return app::TicketChange{
            right, [shared](sync::Decision& decision, const protocol::Entity& ticket) {
              return drafts_of(decision, ticket, *shared);
            }};
      });
}

}  // namespace opora::hub
