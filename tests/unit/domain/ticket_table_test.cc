// What may be done to a ticket: action × role × line × who has it × place × state, every cell
// worked out and kept in a reviewable file.
#include <functional>
#include <map>
#include <set>

#include "protocol/domain/colleagues.h"
#include "protocol/domain/house_call.h"
#include "protocol/domain/links.h"
#include "protocol/domain/texts.h"
#include "protocol/domain/waiting_list.h"
#include "tests/unit/domain/golden.h"
#include "tests/unit/domain/ticket_story.h"

namespace opora::protocol {
namespace {

using testing::at;
using testing::TicketStory;
using What = TicketAction::What;

const TimeMs kMonday = at("2025-02-10 09:00");
const std::string kAsker = "petrov";

// A ticket of each state, by what leads to it.
TicketStory in_state(TicketStatus status) {
  TicketStory story(kMonday);
  story.open(Urgency::kHigh);
  const auto act = [&](const TicketAction& action) { EXPECT_TRUE(story.act(action)); };
  // Two things to do, one of them done, because of a problem: what is done with these needs them.
  act(testing::action(What::kAddItem));
  act(testing::action(What::kAddItem));
  act(testing::item(What::kTickItem, 2));
  act(testing::of_problem(AggregateId{{2}}));
  switch (status) {
    case TicketStatus::kRegistered: break;
    case TicketStatus::kAssigned: act(testing::assign(2)); break;
    case TicketStatus::kInWork: act(testing::start()); break;
    case TicketStatus::kWaiting:
      act(testing::start());
      act(testing::wait_for(WaitReason::kInformation));
      break;
    case TicketStatus::kDone: act(testing::complete()); break;
    case TicketStatus::kRejected: act(testing::reject()); break;
    case TicketStatus::kClosed:
      act(testing::complete());
      act(testing::close_for_ever());
      break;
    case TicketStatus::kMerged: act(testing::merge_into(testing::an_earlier_ticket())); break;
  }
  EXPECT_EQ(story.ticket().status, status);
  return story;
}

// In the order of a life.
constexpr std::array kStates = {TicketStatus::kRegistered, TicketStatus::kAssigned,
                                TicketStatus::kInWork,     TicketStatus::kWaiting,
                                TicketStatus::kDone,       TicketStatus::kClosed,
                                TicketStatus::kRejected,   TicketStatus::kMerged};

// Where somebody stands: at the site that owns the ticket, in time; three working days after it was
// done; while its lease on the ticket is over; at a site that it was offered to.
enum class From : std::uint8_t { kOwner, kOwnerLater, kOwnerUnleased, kOther };
constexpr std::array kFrom = {From::kOwner, From::kOwnerLater, From::kOwnerUnleased, From::kOther};
std::string_view name_of(From from) {
  switch (from) {
    case From::kOwner: return "owner";
    case From::kOwnerLater: return "owner, days later";
    case From::kOwnerUnleased: return "owner, its lease over";
    case From::kOther: return "the site that it is offered to";
  }
  return "";
}

enum class Holds : std::uint8_t { kNobody, kActor, kOperator, kExpert };
constexpr std::array kHolds = {Holds::kNobody, Holds::kActor, Holds::kOperator, Holds::kExpert};
std::string_view name_of(Holds holds) {
  switch (holds) {
    case Holds::kNobody: return "nobody has it";
    case Holds::kActor: return "he has it";
    case Holds::kOperator: return "another operator has it";
    case Holds::kExpert: return "an expert has it";
  }
  return "";
}

constexpr std::array kWorkers = {Role::kOperator, Role::kSpecialist, Role::kExpert,
                                 Role::kSupervisor};

// A ticket as it is and who asks from where, whether or not a story leads there.
struct Case {
  Entity ticket;
  DecideContext context;
};

Case case_of(const TicketStory& story, From from, std::uint8_t line, Holds holds) {
  Case out{story.entity(), story.context()};
  auto& ticket = std::get<TicketState>(out.ticket.state);
  ticket.line = line;
  ticket.assignee = holds == Holds::kNobody ? "" : holds == Holds::kActor ? kAsker : "sidorov";
  if (from == From::kOther) out.context.site = testing::kFarEast;
  if (from == From::kOwnerLater) out.context.now = out.context.now + 6 * kDayMs;
  if (from == From::kOwnerUnleased) {
    Tenure tenure;
    tenure.owner = testing::kWest;
    tenure.lease_ms = 60'000;
    ticket.tenures[OwnerTerm{2}] = tenure;
    out.context.region_heard = out.context.now + -kDayMs;
  }
  return out;
}

// Well formed: only the state, the person and the place may be in their way.
struct Deed {
  std::string name;
  Action right{};
  std::function<Result<Drafts>(Case)> decide;
  std::function<Status(const TicketState&, const Colleague& actor, const Colleague& holder)> may;
};

Deed deed(std::string name, const TicketAction& action) {
  const auto decided = [action](Case asked) -> Result<Drafts> {
    TicketAction said = action;
    if (said.until) said.until = asked.context.now + kDayMs;
    if (said.what == What::kAssign) said.line = std::get<TicketState>(asked.ticket.state).line;
    const auto topics = testing::two_topics();
    return decide(said, asked.ticket, asked.context, &topics);
  };
  const auto may = [what = action.what](const auto& ticket, const auto& actor, const auto& holder) {
    return may_act(what, ticket, actor, holder);
  };
  return {std::move(name), right_for(action.what), decided, may};
}

Status anybody(const TicketState&, const Colleague&, const Colleague&) { return ok_status(); }

// Of its owner, not of its state.
std::vector<Deed> handovers() {
  const auto offered = [](Case asked) {
    auto& ticket = std::get<TicketState>(asked.ticket.state);
    ticket.offer.term = current_term(ticket);
    ticket.offer.seq = OwnerSeq{2};
    ticket.offer.to = testing::kFarEast;
    return asked;
  };
  const auto answer = [offered](OfferReply reply) {
    return [offered, reply](const Case& asked) {
      const Case there = offered(asked);
      return decide(AnswerOffer{reply, "потому что"}, there.ticket, there.context);
    };
  };
  return {{"offer", Action::kOfferTicket,
           [](const Case& asked) {
             return decide(OfferTicket{SiteNo{5}, std::nullopt, "потому что"}, asked.ticket,
                           asked.context);
           },
           may_give_away},
          {"cancel_offer", Action::kOfferTicket,
           [offered](const Case& asked) {
             const Case there = offered(asked);
             return decide(CancelOffer{"потому что"}, there.ticket, there.context);
           },
           anybody},
          {"accept", Action::kAnswerOffer, answer(OfferReply::kAccepted), anybody},
          {"decline", Action::kAnswerOffer, answer(OfferReply::kDeclined), anybody}};
}

// What is said beside its course.
std::vector<Deed> additions() {
  return {{"told", Action::kTellApplicant,
           [](Case asked) {
             auto& ticket = std::get<TicketState>(asked.ticket.state);
             Telling telling;
             telling.term = OwnerTerm{1};
             telling.seq = OwnerSeq{1};
             telling.trouble = TellTrouble::kNoAddress;
             ticket.tellings = {telling};
             TellApplicant said;
             said.term = telling.term;
             said.seq = telling.seq;
             said.how = ToldHow::kPhoned;
             said.whom = ToldWhom::kApplicant;
             return decide(said, asked.ticket, asked.context);
           },
           anybody},
          {"attach", Action::kCommentTicket,
           [](const Case& asked) {
             return decide(AttachFile{{}, "screen.png", std::string(64, '0')}, asked.ticket);
           },
           anybody},
          {"split", Action::kMergeTicket,
           [](const Case& asked) -> Result<Drafts> {
             SplitTicket part;
             part.summary = "и принтер";
             const auto topics = testing::two_topics();
             auto made = decide(part, asked.ticket, &topics, 7, asked.context);
             if (!made.ok()) return made.error();
             return Drafts{};
           },
           anybody}};
}

// What house calls (H1) and the waiting list (H2) have beside it.
std::vector<Deed> of_kinds() {
  const auto visit = [](VisitStep step) {
    return [step](Case asked) {
      auto& ticket = std::get<TicketState>(asked.ticket.state);
      ticket.asking.kind = ContactKind::kHouseCall;
      const bool passed = step == VisitStep::kPassed;
      if (!passed) ticket.house_visit.passed_at = ticket.registered_at;
      return decide(NoteVisit{step, {}, passed ? "" : "Ильина", ""}, asked.ticket, asked.context);
    };
  };
  const auto waits = [](Case asked) {
    auto& ticket = std::get<TicketState>(asked.ticket.state);
    ticket.asking.kind = ContactKind::kWaitingList;
    ticket.waits_for = TicketWaitsFor{Speciality::kCardiologist, {}};
    return asked;
  };
  const auto call = [waits](ListStep step) {
    return [waits, step](Case asked) {
      asked = waits(std::move(asked));
      auto& calls = std::get<TicketState>(asked.ticket.state).list_calls;
      CallFromList said{step, kAsker, std::nullopt, {}, ""};
      if (step == ListStep::kAgain) said.until = asked.context.now + kDayMs;
      if (step != ListStep::kClaimed) {
        calls.claimed_by = kAsker;
        calls.claimed_in = current_term(std::get<TicketState>(asked.ticket.state));
        calls.claimed_until = asked.context.now + kMinuteMs;
        calls.slot = {Speciality::kCardiologist, {}, asked.context.now + kDayMs};
      }
      return decide(said, asked.ticket, asked.context);
    };
  };
  const auto change = [waits](Case asked) {
    asked = waits(std::move(asked));
    return decide(ChangeWaitsFor{{Speciality::kNeurologist, {}}, ""}, asked.ticket, asked.context);
  };
  const Action works = Action::kWorkTicket;
  return {{"pass_to_clinic", works, visit(VisitStep::kPassed), may_note_visit},
          {"clinic_confirmed", works, visit(VisitStep::kConfirmed), may_note_visit},
          {"wait_for", works, change, anybody},
          {"claim", works, call(ListStep::kClaimed), anybody},
          {"release", works, call(ListStep::kReleased), anybody},
          {"no_answer", works, call(ListStep::kNoAnswer), anybody},
          {"call_again", works, call(ListStep::kAgain), anybody},
          {"decline_slot", works, call(ListStep::kDeclinedSlot), anybody}};
}

std::vector<Deed> deeds() {
  std::vector<Deed> out = {
      deed("comment", testing::action(What::kComment)),
      deed("assign", testing::assign(2, kAsker)),
      deed("start", testing::start(kAsker)),
      deed("wait", testing::wait_for(WaitReason::kRemoteSession, kMonday + kDayMs)),
      deed("resume", testing::resume()),
      deed("reclassify", testing::reclassify(Urgency::kLow)),
      deed("complete", testing::complete()),
      deed("reject", testing::reject()),
      deed("reopen", testing::reopen()),
      deed("close", testing::close_for_ever()),
      deed("merge", testing::merge_into(testing::an_earlier_ticket())),
      deed("unmerge", testing::action(What::kUnmerge)),
      deed("add_item", testing::action(What::kAddItem)),
      deed("tick_item", testing::item(What::kTickItem, 1)),
      deed("untick_item", testing::item(What::kUntickItem, 2)),
      deed("remove_item", testing::item(What::kRemoveItem, 1)),
      deed("link_problem", testing::of_problem()),
      deed("unlink_problem", testing::action(What::kUnlinkProblem))};
  EXPECT_EQ(out.size(), kTicketActions);
  for (auto more : {handovers(), additions(), of_kinds()})
    for (Deed& each : more) out.push_back(std::move(each));
  return out;
}

// As the API says it.
std::string refusal(const Error& error) {
  return std::string(code_name(error.code)) + " " + error.path;
}

// What becomes of it, or the refusal.
std::string verdict(const Deed& deed, const Case& asked) {
  const auto drafts = deed.decide(asked);
  if (!drafts.ok()) return refusal(drafts.error());
  if (drafts->empty() || drafts->front().seq.v == 0) return "-> as it was";
  Entity after = asked.ticket;
  const Draft& draft = drafts->front();
  Event event;
  event.env.origin = asked.context.site;
  event.env.n = StreamPos{100};
  event.env.hlt = Hlt{static_cast<std::uint64_t>(asked.context.now.v) << 16 | 0xffff};
  event.env.type = type_of(draft.facts);
  event.env.aggregate = draft.aggregate;
  event.env.term = draft.term;
  event.env.seq = draft.seq;
  event.facts = draft.facts;
  EXPECT_EQ(fold(after, event), FoldResult::kFolded);
  return "-> " + std::string(to_name(after.as<TicketState>()->status));
}

constexpr const char* kNoRole = "denied";

std::string refused_to(const Deed& deed, const Case& asked, Role role, Holds holds) {
  if (!allowed(deed.right, roles_of({role}), Place::kNode)) return kNoRole;
  const Colleague actor{kAsker, roles_of({role}), false, false, ""};
  const Role other = holds == Holds::kOperator ? Role::kOperator : Role::kExpert;
  const Colleague holder =
      holds == Holds::kActor ? actor : Colleague{"sidorov", roles_of({other}), false, false, ""};
  // Whose the ticket is goes first: an assignee is one of the owner's people.
  const Status may = deed.may(*asked.ticket.as<TicketState>(), actor, holder);
  return may.ok() ? "" : refusal(may.error());
}

// Rows of the table with the same cells are one row. Each dimension keeps its values in their
// order.
struct Row {
  std::set<std::size_t> holds;
  std::set<std::size_t> lines;
  std::set<std::size_t> roles;
  std::string cells;
};

template <class Same>
void merge_rows(std::vector<Row>& rows, std::set<std::size_t> Row::*dimension, Same same) {
  std::vector<Row> out;
  for (const Row& row : rows) {
    const auto found = std::ranges::find_if(
        out, [&](const Row& known) { return known.cells == row.cells && same(known, row); });
    if (found == out.end()) out.push_back(row);
    else ((*found).*dimension).insert((row.*dimension).begin(), (row.*dimension).end());
  }
  rows = std::move(out);
}

std::vector<Row> merged(std::vector<Row> rows) {
  merge_rows(rows, &Row::roles,
             [](const Row& a, const Row& b) { return a.lines == b.lines && a.holds == b.holds; });
  merge_rows(rows, &Row::lines,
             [](const Row& a, const Row& b) { return a.roles == b.roles && a.holds == b.holds; });
  merge_rows(rows, &Row::holds,
             [](const Row& a, const Row& b) { return a.roles == b.roles && a.lines == b.lines; });
  return rows;
}

template <class Name>
std::string named(const std::set<std::size_t>& some, std::size_t all, std::string_view whole,
                  std::string_view between, Name name) {
  if (some.size() == all) return std::string(whole);
  std::string out;
  for (const std::size_t i : some)
    out += (out.empty() ? "" : std::string(between)) + std::string(name(i));
  return out;
}

std::string label(const Row& row) {
  const auto roles = named(row.roles, kWorkers.size(), "every role", ", ",
                           [](std::size_t i) { return role_name(kWorkers[i]); });
  const auto lines = named(row.lines, 3, "", ", ", [](std::size_t i) { return std::to_string(i); });
  const auto holds =
      named(row.holds, kHolds.size(), "", " or ", [](std::size_t i) { return name_of(kHolds[i]); });
  return roles + (lines.empty() ? "" : "; line " + lines) + (holds.empty() ? "" : "; " + holds);
}

std::string cells_of(const Deed& deed, From from, std::uint8_t line, Holds holds, Role role,
                     const std::map<TicketStatus, TicketStory>& stories) {
  std::map<std::string, std::string> of_verdict;
  std::vector<std::string> order;
  for (const TicketStatus state : kStates) {
    const Case asked = case_of(stories.at(state), from, line, holds);
    std::string said = refused_to(deed, asked, role, holds);
    if (said != kNoRole) {
      const std::string decided = verdict(deed, asked);
      if (said.empty() || !decided.starts_with("->")) said = decided;
    }
    std::string& states = of_verdict[said];
    if (states.empty()) order.push_back(said);
    states += (states.empty() ? "" : ",") + std::string(to_name(state));
  }
  std::string out;
  for (const std::string& said : order) out += "      " + of_verdict[said] + ": " + said + "\n";
  return out;
}

// A9, A16, A17: what may be done by whom, from where.
TEST(TicketTable, EveryCellOfActionRoleLineHolderPlaceAndStateIsOnFile) {
  std::map<TicketStatus, TicketStory> stories;
  for (const TicketStatus state : kStates) stories.emplace(state, in_state(state));
  std::size_t cells = 0;
  std::string table;
  for (const Deed& deed : deeds()) {
    table += "\n" + deed.name + "\n";
    for (const From from : kFrom) {
      std::vector<Row> rows;
      for (std::size_t holds = 0; holds < kHolds.size(); ++holds)
        for (std::uint8_t line = 1; line <= 3; ++line)
          for (std::size_t role = 0; role < kWorkers.size(); ++role) {
            rows.push_back({{holds},
                            {line},
                            {role},
                            cells_of(deed, from, line, kHolds[holds], kWorkers[role], stories)});
            cells += kStates.size();
          }
      table += "  " + std::string(name_of(from)) + "\n";
      for (const Row& row : merged(rows)) table += "    " + label(row) + "\n" + row.cells;
    }
  }
  expect_golden("ticket_life.txt",
                "# " + std::to_string(cells) +
                    " cells: action, from where, who: states: what becomes of it, or the code and "
                    "the path of the refusal\n" +
                    table);
}

// Line 1 works at a node, and the region only routes.
TEST(TicketTable, NobodyElseHasAPartInTickets) {
  for (const Deed& deed : deeds())
    for (const Role role : kAllRoles) {
      EXPECT_FALSE(allowed(deed.right, roles_of({role}), Place::kHub)) << deed.name;
      const bool works = std::ranges::find(kWorkers, role) != kWorkers.end();
      EXPECT_TRUE(works || !allowed(deed.right, roles_of({role}), Place::kNode)) << deed.name;
    }
}

}  // namespace
}  // namespace opora::protocol
