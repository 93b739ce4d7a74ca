#include "node/api.h"
#include "protocol/domain/ownership.h"
#include "protocol/domain/telling.h"
#include "web/app/declared.h"
#include "web/app/names.h"
#include "web/app/people.h"
#include "web/app/render_tellings.h"
#include "web/app/ticket_actions.h"
#include "web/app/ties.h"
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
  kStart,
  kWait,
  kResume,
  kReclassify,
  kReopen,
  kClose,
  kTold,
  kMerge,
  kUnmerge,
  kAddItem,
  kTickItem,
  kUntickItem,
  kRemoveItem,
  kLinkProblem,
  kUnlinkProblem,
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
    web::EnumName<Verb>{"start", Verb::kStart},
    web::EnumName<Verb>{"wait", Verb::kWait},
    web::EnumName<Verb>{"resume", Verb::kResume},
    web::EnumName<Verb>{"reclassify", Verb::kReclassify},
    web::EnumName<Verb>{"reopen", Verb::kReopen},
    web::EnumName<Verb>{"close", Verb::kClose},
    web::EnumName<Verb>{"told", Verb::kTold},
    web::EnumName<Verb>{"merge", Verb::kMerge},
    web::EnumName<Verb>{"unmerge", Verb::kUnmerge},
    web::EnumName<Verb>{"add_item", Verb::kAddItem},
    web::EnumName<Verb>{"tick_item", Verb::kTickItem},
    web::EnumName<Verb>{"untick_item", Verb::kUntickItem},
    web::EnumName<Verb>{"remove_item", Verb::kRemoveItem},
    web::EnumName<Verb>{"link_problem", Verb::kLinkProblem},
    web::EnumName<Verb>{"unlink_problem", Verb::kUnlinkProblem},
};
// The region takes a while to find somebody; an offer that nobody answered for a month is
// forgotten.
constexpr std::int64_t kMaxOfferHours = 24 * 31;
constexpr std::int64_t kHourMs = 3'600'000;

// What the action of a ticket is called in the domain; nothing for what is said of its owner.
std::optional<TicketAction::What> what_of(Verb verb) {
  using What = TicketAction::What;
  switch (verb) {
    case Verb::kAssign: return What::kAssign;
    case Verb::kComment: return What::kComment;
    case Verb::kComplete: return What::kComplete;
    case Verb::kReject: return What::kReject;
    case Verb::kStart: return What::kStart;
    case Verb::kWait: return What::kWait;
    case Verb::kResume: return What::kResume;
    case Verb::kReclassify: return What::kReclassify;
    case Verb::kReopen: return What::kReopen;
    case Verb::kClose: return What::kClose;
    case Verb::kMerge: return What::kMerge;
    case Verb::kUnmerge: return What::kUnmerge;
    case Verb::kAddItem: return What::kAddItem;
    case Verb::kTickItem: return What::kTickItem;
    case Verb::kUntickItem: return What::kUntickItem;
    case Verb::kRemoveItem: return What::kRemoveItem;
    case Verb::kLinkProblem: return What::kLinkProblem;
    case Verb::kUnlinkProblem: return What::kUnlinkProblem;
    default: return std::nullopt;
  }
}

Action right_for(Verb verb) {
  if (const auto what = what_of(verb)) return protocol::right_for(*what);
  if (verb == Verb::kTold) return Action::kTellApplicant;
  const bool owners = verb == Verb::kOffer || verb == Verb::kCancelOffer;
  return owners ? Action::kOfferTicket : Action::kAnswerOffer;
}

// Everything that a body may say.
struct Form {
  Verb verb = Verb::kComment;
  TicketAction action;
  SiteNo to;
  std::optional<std::int64_t> hours;  // of an offer
  protocol::TellApplicant told{};
  std::string into;  // of a merge: a number
};

void read_assign(web::JsonReader& in, TicketAction& out) {
  out.line = static_cast<std::uint8_t>(in.integer("line", {1, 3}));
  out.assignee = in.optional_line("assignee", {0, 64}).value_or("");
  out.queue = in.optional_line("queue", {0, 40}).value_or("");
  out.text = in.optional_text("reason", {0, 4'000}).value_or("");
}

void read_wait(web::JsonReader& in, TicketAction& out) {
  out.wait =
      in.required_enum<protocol::WaitReason>("reason", app::enum_names<protocol::WaitReason>());
  out.until = in.optional_time("until");
}

void read_class(web::JsonReader& in, TicketAction& out) {
  out.urgency =
      in.optional_enum<protocol::Urgency>("urgency", app::enum_names<protocol::Urgency>());
  out.topic = in.optional_line("topic", {0, 64}).value_or("");
}

void read_offer(web::JsonReader& in, Form& out) {
  out.to = SiteNo{static_cast<std::uint32_t>(in.integer("to", {0, kMaxSiteNo}))};
  out.hours = in.optional_integer("hours", {1, kMaxOfferHours});
}

// What came of calling the applicant (A15).
constexpr std::array kCallResults = {
    web::EnumName<protocol::ToldHow>{"phoned", protocol::ToldHow::kPhoned},
    web::EnumName<protocol::ToldHow>{"not_reached", protocol::ToldHow::kNotReached},
};

void read_told(web::JsonReader& in, Form& out) {
  const auto place = app::parse_telling_name(in.line("telling", {3, 21}));
  if (!place) in.fail("telling", "term and number of the event that is told of: 1.5");
  out.told.how = in.required_enum<protocol::ToldHow>("result", kCallResults);
  out.told.whom = protocol::ToldWhom::kApplicant;
  out.told.text = out.action.text;
  if (!place) return;
  out.told.term = place->term;
  out.told.seq = place->seq;
}

bool names_item(Verb verb) {
  return verb == Verb::kTickItem || verb == Verb::kUntickItem || verb == Verb::kRemoveItem;
}

AggregateId read_problem(web::JsonReader& in) {
  const auto id = AggregateId::from_hex(in.line("problem", {32, 32}));
  if (!id || id->is_zero()) in.fail("problem", "32 hexadecimal digits, not all of them zeros");
  return id.value_or(AggregateId{});
}

// What ties it to others, and what there is to do.
void read_tie(web::JsonReader& in, Form& out) {
  if (out.verb == Verb::kMerge) out.into = in.line("into", {1, 32});
  if (out.verb == Verb::kLinkProblem) out.action.problem = read_problem(in);
  if (names_item(out.verb))
    out.action.item = static_cast<std::uint16_t>(in.integer("item", {1, 65'535}));
}

// What is read of every body that passes nothing on.
std::string read_text(web::JsonReader& in, Verb verb) {
  if (verb == Verb::kAddItem) return in.line("text", {1, protocol::kMaxItemLetters});
  return in.optional_text("text", {0, 4'000}).value_or("");
}

// Who starts is who asks.
Result<Form> read_form(const app::User& user, const std::string& body) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read();
  Form out;
  out.verb = in.required_enum<Verb>("action", std::span<const web::EnumName<Verb>>(kVerbs));
  if (const auto what = what_of(out.verb)) out.action.what = *what;
  if (out.verb == Verb::kAssign) {
    read_assign(in, out.action);
  } else {
    out.action.text = read_text(in, out.verb);
  }
  read_tie(in, out);
  if (out.verb == Verb::kOffer) read_offer(in, out);
  if (out.verb == Verb::kTold) read_told(in, out);
  if (out.verb == Verb::kStart) out.action.assignee = user.login;
  if (out.verb == Verb::kWait) read_wait(in, out.action);
  if (out.verb == Verb::kReclassify) read_class(in, out.action);
  if (out.verb == Verb::kReject)
    out.action.reason = in.required_enum<protocol::RejectReason>(
        "reason", app::enum_names<protocol::RejectReason>());
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
    case Verb::kTold: return decide(form.told, ticket, at);
    case Verb::kAccept:
      return decide(protocol::AnswerOffer{OfferReply::kAccepted, text}, ticket, at);
    case Verb::kDecline:
      return decide(protocol::AnswerOffer{OfferReply::kDeclined, text}, ticket, at);
    case Verb::kMerge: {
      const auto into = app::merge_target(decision, form.into);
      if (!into.ok()) return into.error();
      TicketAction action = form.action;
      action.into = *into;
      return decide(action, ticket, at);
    }
    default: {
      if (form.verb == Verb::kLinkProblem) {
        OPORA_TRY(app::check_problem(decision, form.action.problem));
      }
      OPORA_TRY(check_assignee(decision, form.action));
      const auto& rubricator =
          decision.load(protocol::Kind::kRubricator, protocol::rubricator_id());
      return decide(form.action, ticket, at, rubricator.as<protocol::RubricatorState>());
    }
  }
}

}  // namespace

void add_ticket_actions(web::Router& router, const app::Context& context,
                        app::Timetables& timetables) {
  app::add_ticket_action_route(
      router, context,
      [&context, &timetables](const app::User& user,
                              const std::string& body) -> Result<app::TicketChange> {
        auto form = read_form(user, body);
        if (!form.ok()) return form.error();
        const Action right = right_for(form->verb);
        const auto shared = std::make_shared<const Form>(std::move(*form));
        return app::TicketChange{right,
                                 [&context, &timetables, shared](sync::Decision& decision,
                                                                 const protocol::Entity& ticket) {
                                   protocol::DecideContext at = timetables.context(decision);
                                   at.region_heard = context.lease.heard();
                                   return drafts_of(decision, ticket, *shared, at);
                                 }};
      });
}

}  // namespace opora::node
