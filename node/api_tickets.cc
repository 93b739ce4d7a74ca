#include "node/api.h"
#include "node/kind_actions.h"
#include "node/ticket_people.h"
#include "protocol/domain/kind_texts.h"
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
  kPassToClinic,
  kClinicConfirmed,
  kWaitFor,
  kClaim,
  kRelease,
  kNoAnswer,
  kCallAgain,
  kDeclineSlot,
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
    web::EnumName<Verb>{"pass_to_clinic", Verb::kPassToClinic},
    web::EnumName<Verb>{"clinic_confirmed", Verb::kClinicConfirmed},
    web::EnumName<Verb>{"wait_for", Verb::kWaitFor},
    web::EnumName<Verb>{"claim", Verb::kClaim},
    web::EnumName<Verb>{"release", Verb::kRelease},
    web::EnumName<Verb>{"no_answer", Verb::kNoAnswer},
    web::EnumName<Verb>{"call_again", Verb::kCallAgain},
    web::EnumName<Verb>{"decline_slot", Verb::kDeclineSlot},
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

// What only house calls and the waiting list know (H1, H2).
std::optional<KindVerb> of_kind(Verb verb) {
  switch (verb) {
    case Verb::kPassToClinic: return KindVerb::kPassToClinic;
    case Verb::kClinicConfirmed: return KindVerb::kClinicConfirmed;
    case Verb::kWaitFor: return KindVerb::kWaitFor;
    case Verb::kClaim: return KindVerb::kClaim;
    case Verb::kRelease: return KindVerb::kRelease;
    case Verb::kNoAnswer: return KindVerb::kNoAnswer;
    case Verb::kCallAgain: return KindVerb::kCallAgain;
    case Verb::kDeclineSlot: return KindVerb::kDeclineSlot;
    default: return std::nullopt;
  }
}

Action right_for(Verb verb) {
  if (of_kind(verb)) return Action::kWorkTicket;
  if (const auto what = what_of(verb)) return protocol::right_for(*what);
  if (verb == Verb::kTold) return Action::kTellApplicant;
  const bool owners = verb == Verb::kOffer || verb == Verb::kCancelOffer;
  return owners ? Action::kOfferTicket : Action::kAnswerOffer;
}

// Everything that a body may say.
struct Form {
  Verb verb = Verb::kComment;
  TicketAction action;
  protocol::EvenAbsent even_absent{};  // of an assignment
  SiteNo to;
  std::optional<std::int64_t> hours;  // of an offer
  protocol::TellApplicant told{};
  std::optional<protocol::CallTry> tried;  // with told's place: he was not told
  std::optional<TimeMs> again;             // when he is called next
  std::string into;                        // of a merge: a number
  KindAction of_kind{};
};

void read_assign(web::JsonReader& in, Form& form) {
  TicketAction& out = form.action;
  out.line = static_cast<std::uint8_t>(in.integer("line", {1, 3}));
  out.assignee = in.optional_line("assignee", {0, 64}).value_or("");
  out.queue = in.optional_line("queue", {0, 40}).value_or("");
  out.text = in.optional_text("reason", {0, 4'000}).value_or("");
  if (in.optional_boolean("even_absent").value_or(false))
    form.even_absent = protocol::EvenAbsent::kYes;
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
enum class CallResult : std::uint8_t { kPhoned, kNotReached, kNoAnswer, kAskedLater };
constexpr std::array kCallResults = {
    web::EnumName<CallResult>{"phoned", CallResult::kPhoned},
    web::EnumName<CallResult>{"not_reached", CallResult::kNotReached},
    web::EnumName<CallResult>{"no_answer", CallResult::kNoAnswer},
    web::EnumName<CallResult>{"asked_later", CallResult::kAskedLater},
};

void take_result(CallResult result, Form& out) {
  using protocol::CallTry;
  using protocol::ToldHow;
  switch (result) {
    case CallResult::kPhoned: out.told.how = ToldHow::kPhoned; break;
    case CallResult::kNotReached: out.told.how = ToldHow::kNotReached; break;
    case CallResult::kNoAnswer: out.tried = CallTry::kNoAnswer; break;
    case CallResult::kAskedLater: out.tried = CallTry::kAskedLater; break;
  }
}

void read_told(web::JsonReader& in, Form& out) {
  const auto place = app::parse_telling_name(in.line("telling", {3, 21}));
  if (!place) in.fail("telling", "term and number of the event that is told of: 1.5");
  take_result(in.required_enum<CallResult>("result", kCallResults), out);
  out.again = in.optional_time("again_at");
  if (out.again && !out.tried) in.fail("again_at", "only of a call that did not tell him");
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

// Of a house call and of the waiting list: what came of it (H1, H2).
void read_end(web::JsonReader& in, const app::User& user, TicketAction& out) {
  out.result =
      in.optional_enum<protocol::TicketResult>("result", app::enum_names<protocol::TicketResult>())
          .value_or(protocol::TicketResult::kNone);
  out.by = user.login;
}

// Who starts is who asks.
Result<Form> read_form(const app::User& user, const std::string& body) {
  auto document = web::JsonDocument::parse(body);
  if (!document.ok()) return document.error();
  web::JsonReader in = document->read();
  Form out;
  out.verb = in.required_enum<Verb>("action", std::span<const web::EnumName<Verb>>(kVerbs));
  if (const auto verb = of_kind(out.verb)) {
    out.of_kind = read_kind_action(in, *verb, user.login);
    OPORA_TRY(in.finish());
    return out;
  }
  if (const auto what = what_of(out.verb)) out.action.what = *what;
  if (out.verb == Verb::kAssign) {
    read_assign(in, out);
  } else {
    out.action.text = read_text(in, out.verb);
  }
  read_tie(in, out);
  if (out.verb == Verb::kOffer) read_offer(in, out);
  if (out.verb == Verb::kTold) read_told(in, out);
  if (out.verb == Verb::kStart) {
    out.action.assignee = user.login;
    out.action.holder_line = protocol::line_of(user.roles);
  }
  if (out.verb == Verb::kWait) read_wait(in, out.action);
  if (out.verb == Verb::kReclassify) read_class(in, out.action);
  if (out.verb == Verb::kComplete) read_end(in, user, out.action);
  if (out.verb == Verb::kReject)
    out.action.reason = in.required_enum<protocol::RejectReason>(
        "reason", app::enum_names<protocol::RejectReason>());
  OPORA_TRY(in.finish());
  return out;
}

// Who asks, and when.
struct Asking {
  app::User user;
  protocol::DecideContext at;
};

// Of somebody here (V3); nobody has none.
std::uint8_t line_of(sync::Decision& decision, const std::string& login) {
  if (login.empty()) return 0;
  const protocol::Entity user = app::user_by_login(decision.rows(), login, decision.context().site);
  const auto* state = user.as<protocol::UserState>();
  return state == nullptr ? std::uint8_t{0} : protocol::line_of(protocol::Roles{state->roles});
}

Result<protocol::Drafts> drafts_of(sync::Decision& decision, const protocol::Entity& ticket,
                                   const Form& form, const protocol::DecideContext& at) {
  const std::string& text = form.action.text;
  if (of_kind(form.verb)) return decide_kind_action(decision, form.of_kind, ticket, at);
  switch (form.verb) {
    case Verb::kOffer: {
      OPORA_TRY(app::check_site(decision, form.to, "to"));
      std::optional<TimeMs> until;
      if (form.hours) until = at.now + *form.hours * kHourMs;
      return decide(protocol::OfferTicket{form.to, until, text}, ticket, at);
    }
    case Verb::kCancelOffer: return decide(protocol::CancelOffer{text}, ticket, at);
    case Verb::kTold: {
      const protocol::TellApplicant& told = form.told;
      if (!form.tried) return decide(told, ticket, at);
      return decide(protocol::TryCall{told.term, told.seq, *form.tried, form.again, text}, ticket,
                    at);
    }
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
      const auto& rubricator =
          decision.load(protocol::Kind::kRubricator, protocol::rubricator_id());
      TicketAction action = form.action;
      if (action.what == TicketAction::What::kAssign)
        action.holder_line = line_of(decision, action.assignee);
      return decide(action, ticket, at, rubricator.as<protocol::RubricatorState>());
    }
  }
}

// Who it is goes behind what it is: whose the ticket is, in which state, and the words.
Result<protocol::Drafts> drafts_for(const app::Context& context, sync::Decision& decision,
                                    const protocol::Entity& ticket, const Form& form,
                                    const Asking& asking) {
  auto drafts = drafts_of(decision, ticket, form, asking.at);
  if (!drafts.ok()) return drafts;
  const auto& state = *ticket.as<protocol::TicketState>();
  const TicketPeople people(context, decision.rows(), asking.user);
  if (form.verb == Verb::kOffer) {
    OPORA_TRY(people.may_give_away(state));
  }
  if (form.verb == Verb::kPassToClinic || form.verb == Verb::kClinicConfirmed) {
    OPORA_TRY(people.may_note_visit(state));
  }
  const auto what = what_of(form.verb);
  if (!what) return drafts;
  OPORA_TRY(people.may_act(*what, state));
  if (*what == TicketAction::What::kAssign) {
    OPORA_TRY(people.may_assign(state, form.action, form.even_absent));
  }
  return drafts;
}

}  // namespace

void add_ticket_actions(web::Router& router, const app::Context& context,
                        app::Timetables& timetables, const IntakeSettings& settings) {
  app::add_ticket_action_route(
      router, context,
      [&context, &timetables, attempts = settings.list_attempts](
          const app::User& user, const std::string& body) -> Result<app::TicketChange> {
        auto form = read_form(user, body);
        if (!form.ok()) return form.error();
        form->action.attempts = attempts;
        const Action right = right_for(form->verb);
        const auto shared = std::make_shared<const Form>(std::move(*form));
        return app::TicketChange{
            right, [&context, &timetables, shared, user](sync::Decision& decision,
                                                         const protocol::Entity& ticket) {
              Asking asking{user, timetables.context(decision)};
              asking.at.region_heard = context.lease.heard();
              return drafts_for(context, decision, ticket, *shared, asking);
            }};
      });
}

}  // namespace opora::node
