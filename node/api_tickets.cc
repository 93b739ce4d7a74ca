#include "node/api.h"
#include "protocol/domain/ownership.h"
#include "web/app/declared.h"
#include "web/app/names.h"
#include "web/app/people.h"
#include "web/app/ticket_actions.h"
#include "web/server/json_reader.h"

namespace opora::node {

using protocol::Action;
using protocol::OfferReply;
using protocol::TicketAction;

namespace {

// As the body names them.
enum class Verb : std::uint8_t {
  kAssign,
  kComment,
  kComplete,
  kReject,
  kOffer,
  kAccept,
  kDecline,
  kCancelOffer,
};
constexpr std::array kVerbs = {
    web::EnumName<Verb>{"assign", Verb::kAssign},
    web::EnumName<Verb>{"comment", Verb::kComment},
    web::EnumName<Verb>{"complete", Verb::kComplete},
    web::EnumName<Verb>{"reject", Verb::kReject},
    web::EnumName<Verb>{"offer", Verb::kOffer},
    web::EnumName<Verb>{"accept", Verb::kAccept},
    web::EnumName<Verb>{"decline", Verb::kDecline},
    web::EnumName<Verb>{"cancel_offer", Verb::kCancelOffer},
};
// The region takes a while to find somebody; an offer that nobody answered for a month is
// forgotten.
constexpr std::int64_t kMaxOfferHours = 24 * 31;
constexpr std::int64_t kHourMs = 3'600'000;

Action right_for(Verb verb) {
  switch (verb) {
    case Verb::kAssign: return Action::kAssignTicket;
    case Verb::kComment: return Action::kCommentTicket;
    case Verb::kComplete: return Action::kCompleteTicket;
    case Verb::kReject: return Action::kRejectTicket;
    case Verb::kOffer:
    case Verb::kCancelOffer: return Action::kOfferTicket;
    case Verb::kAccept:
    case Verb::kDecline: return Action::kAnswerOffer;
  }
  return Action::kRejectTicket;
}

// Everything that a body may say.
struct Form {
  Verb verb = Verb::kComment;
  TicketAction action;
  SiteNo to;
  std::optional<std::int64_t> hours;  // of an offer
};

void read_assign(web::JsonReader& in, Form& out) {
  out.action.what = TicketAction::What::kAssign;
  out.action.line = static_cast<std::uint8_t>(in.integer("line", {1, 3}));
  out.action.assignee = in.optional_line("assignee", {0, 64}).value_or("");
  out.action.text = in.optional_text("reason", {0, 4'000}).value_or("");
}

void read_offer(web::JsonReader& in, Form& out) {
  out.to = SiteNo{static_cast<std::uint32_t>(in.integer("to", {0, kMaxSiteNo}))};
  out.hours = in.optional_integer("hours", {1, kMaxOfferHours});
}

Result<Form> read_form(const std::string& body) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read();
  Form out;
  out.verb = in.required_enum<Verb>("action", std::span<const web::EnumName<Verb>>(kVerbs));
  if (out.verb == Verb::kAssign) read_assign(in, out);
  if (out.verb == Verb::kOffer) read_offer(in, out);
  if (out.verb != Verb::kAssign)
    out.action.text = in.optional_text("text", {0, 4'000}).value_or("");
  if (out.verb == Verb::kComplete) out.action.what = TicketAction::What::kComplete;
  if (out.verb == Verb::kReject) {
    out.action.what = TicketAction::What::kReject;
    out.action.reason = in.required_enum<protocol::RejectReason>(
        "reason", app::enum_names<protocol::RejectReason>());
  }
  OPORA_TRY(in.finish());
  return out;
}

Status check_assignee(sync::Decision& decision, const TicketAction& action) {
  if (action.what != TicketAction::What::kAssign || action.assignee.empty()) return ok_status();
  const bool known =
      app::user_by_login(decision.rows(), action.assignee, decision.context().site).exists();
  return known ? ok_status() : Status(invalid("assignee", "no such user here"));
}

Result<protocol::Drafts> drafts_of(sync::Decision& decision, const protocol::Entity& ticket,
                                   const Form& form, const protocol::DecideContext& at) {
  const std::string& text = form.action.text;
  switch (form.verb) {
    case Verb::kOffer: {
      OPORA_TRY(app::check_site(decision, form.to, "to"));
      std::optional<TimeMs> until;
      if (form.hours) until = at.now + *form.hours * kHourMs;
      return decide(protocol::OfferTicket{form.to, until, text}, ticket, at);
    }
    case Verb::kCancelOffer: return decide(protocol::CancelOffer{text}, ticket, at);
    case Verb::kAccept:
      return decide(protocol::AnswerOffer{OfferReply::kAccepted, text}, ticket, at);
    case Verb::kDecline:
      return decide(protocol::AnswerOffer{OfferReply::kDeclined, text}, ticket, at);
    default:
      OPORA_TRY(check_assignee(decision, form.action));
      return decide(form.action, ticket, at);
  }
}

}  // namespace

void add_ticket_actions(web::Router& router, const app::Context& context) {
  app::add_ticket_action_route(
      router, context, [&context](const std::string& body) -> Result<app::TicketChange> {
        auto form = read_form(body);
        if (!form.ok()) return form.error();
        const Action right = right_for(form->verb);
        const auto shared = std::make_shared<const Form>(std::move(*form));
        return app::TicketChange{
            right, [&context, shared](sync::Decision& decision, const protocol::Entity& ticket) {
              protocol::DecideContext at = decision.context();
              at.region_heard = context.lease.heard();
              return drafts_of(decision, ticket, *shared, at);
            }};
      });
}

}  // namespace opora::node
