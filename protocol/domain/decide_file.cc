#include <algorithm>

#include "protocol/domain/decide.h"
#include "protocol/domain/texts.h"
#include "protocol/domain/ticket_draft.h"

namespace opora::protocol {

Result<Drafts> decide(const AttachFile& command, const Entity& ticket) {
  const auto* state = ticket.as<TicketState>();
  if (state == nullptr) return Error{Code::kNotFound, "number", "no such ticket"};
  if (ticket.erased) return Error{Code::kConflict, "number", "what it held was erased"};
  if (state->files >= kMaxTicketFiles)
    return Error{Code::kConflict, "files", "the ticket has as many files as one may have"};
  OPORA_TRY(check_text("name", command.name, kFileNameLimit));
  Draft draft = ticket_addition(ticket, command.file, {});
  draft.personal[PersonalField::kFileName] = command.name;
  draft.personal[PersonalField::kFileKey] = command.key_hex;
  return Drafts{std::move(draft)};
}

}  // namespace opora::protocol
