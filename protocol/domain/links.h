// What ties a ticket to others and to a current problem: duplicates that were merged into it, parts
// that were split from it, callers of a problem (T9); and what there is to do on its way. Rules and
// limits are in README.md; the rows here are part of what an entity contributes (facets.h):
//   g 1 target ticket                   tickets that are merged into the target
//   g 2 origin ticket                   tickets that were split from the origin
//   g 3 problem site called_at id -> Caller   who turned to a site because of a problem
// Integers are big-endian. Pure.
#pragma once

#include "protocol/domain/decide.h"
#include "protocol/domain/facets.h"

namespace opora::protocol {

// More duplicates of one ticket than these are a current problem (T9), not tickets.
inline constexpr std::size_t kMaxMerged = 100;
// A request with more parts than these is a project.
inline constexpr std::size_t kMaxParts = 20;
// What fits on a screen and is still looked at; and what is kept of a more generous version.
inline constexpr std::size_t kMaxItems = 50;
inline constexpr std::size_t kMaxItemsKept = 4 * kMaxItems;
// A line of a list.
inline constexpr std::size_t kMaxItemLetters = 200;
// Of a list that stands somewhere before its ticket is there. kInvalid "items", "items[i]".
Status check_items(const std::vector<std::string>& items);
// Of one problem: a day of a whole region's calls. What was said of each stands in the problem.
inline constexpr std::size_t kMaxCalledBack = 5'000;

// ---- Merge

// What of a ticket is looked at when another is merged into it; none when it is not here.
MergeTarget merge_target(const Entity& ticket, std::size_t merged);

// ---- Split

struct SplitTicket {
  std::string topic;               // empty: as the origin's
  std::optional<Urgency> urgency;  // as the origin's
  std::optional<TimeMs> said_at;   // of the comment that it is made from; else with the request
  std::string summary;             // required
  std::size_t parts = 0;           // that the origin has already
};
// A ticket of its own for a part of `origin`, of its owner, with what names the applicant.
// kConflict "owner", "lease", "action", "number" (erased), "parts"; kInvalid "summary", "topic".
Result<Registered> decide(const SplitTicket& command, const Entity& origin,
                          const RubricatorState* rubricator, std::uint32_t next_counter,
                          const DecideContext& context);

// ---- Calling back

struct CallBack {
  AggregateId caller;
  CallOutcome outcome = CallOutcome::kReached;
};
// kNotFound "id"; kConflict "id" while the problem goes on, "caller" over the limit.
Result<Drafts> decide(const CallBack& command, const AggregateId& id, const ProblemState* problem,
                      const DecideContext& context);

// ---- Rows

struct Caller {
  Kind kind = Kind::kContact;  // what the row is of
  AggregateId contact;         // he is one caller by both; zero: the ticket has none
  template <class V>
  void visit(V&& v) {
    v(kind, contact);
  }
};
// Who is called back by a row of callers.
AggregateId caller_of(std::string_view index_key, const Caller& row);

void add_link_rows(Facets& out, const AggregateId& id, const TicketState& ticket);
void add_caller_row(Facets& out, const AggregateId& id, const ContactState& contact);

namespace keys {
Bytes merged_into(const AggregateId& target);
Bytes parts_of(const AggregateId& origin);
Bytes callers_of(const AggregateId& problem);
Bytes callers_of(const AggregateId& problem, SiteNo site);
}  // namespace keys

}  // namespace opora::protocol
