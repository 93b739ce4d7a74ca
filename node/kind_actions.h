// What is said of house calls (H1) and of the waiting list (H2) by POST tickets/{number}/actions.
// Any thread.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "protocol/domain/house_call.h"
#include "protocol/domain/waiting_list.h"
#include "sync/engine/engine_core.h"
#include "web/server/json_reader.h"

namespace opora::node {

enum class KindVerb : std::uint8_t {
  kPassToClinic,
  kClinicConfirmed,
  kWaitFor,
  kClaim,
  kRelease,
  kNoAnswer,
  kCallAgain,
  kDeclineSlot,
};

using KindAction =
    std::variant<protocol::NoteVisit, protocol::ChangeWaitsFor, protocol::CallFromList>;
// `login`: who asks. What is wrong is said to the reader.
KindAction read_kind_action(web::JsonReader& in, KindVerb verb, const std::string& login);

Result<protocol::Drafts> decide_kind_action(sync::Decision& decision, const KindAction& action,
                                            const protocol::Entity& ticket,
                                            const protocol::DecideContext& context);

// "speciality", "waits_at" of a body; nothing when it names no speciality.
std::optional<protocol::TicketWaitsFor> read_waits_for(web::JsonReader& in);

}  // namespace opora::node
