#include "web/app/ties.h"

#include "protocol/base/archive.h"
#include "protocol/domain/ticket_number.h"

namespace opora::app {

using protocol::Kind;

std::vector<AggregateId> tied(const sync::Reader& rows, const Bytes& family, std::size_t limit) {
  std::vector<AggregateId> out;
  rows.scan_prefix(sync::Table::kIndex, family, [&](std::string_view key, std::string_view) {
    out.push_back(protocol::keys::id_of(key));
    return out.size() < limit;
  });
  return out;
}

Result<protocol::MergeTarget> merge_target(sync::Decision& decision, const std::string& number) {
  const auto parsed = protocol::parse_ticket_number(number);
  if (!parsed.ok()) return invalid("into", parsed.error().message);
  const auto found =
      tied(decision.rows(), protocol::keys::ticket_by_number(parsed->site, parsed->counter), 1);
  if (found.empty()) return protocol::MergeTarget{};
  const std::size_t merged =
      tied(decision.rows(), protocol::keys::merged_into(found.front()), protocol::kMaxMerged)
          .size();
  return protocol::merge_target(decision.load(Kind::kTicket, found.front()), merged);
}

Status check_problem(sync::Decision& decision, const AggregateId& problem) {
  const auto* state = decision.load(Kind::kProblem, problem).as<protocol::ProblemState>();
  if (state == nullptr || state->seq.v == 0) return invalid("problem", "no such problem here");
  if (state->closed.v != 0) return Error{Code::kConflict, "problem", "the problem is over"};
  return ok_status();
}

bool is_caller(const sync::Reader& rows, const AggregateId& problem, const AggregateId& caller) {
  bool found = false;
  std::size_t looked = 0;
  rows.scan_prefix(sync::Table::kIndex, protocol::keys::callers_of(problem),
                   [&](std::string_view key, std::string_view value) {
                     const auto row = from_row<protocol::Caller>(value);
                     found = row && protocol::caller_of(key, *row) == caller;
                     return !found && ++looked < 4 * protocol::kMaxCalledBack;
                   });
  return found;
}

}  // namespace opora::app
