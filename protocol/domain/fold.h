// State is a fold of events. Pure; reads nothing but the event (a fold that read configuration
// would differ between sites). Total: any decodable event folds, in any order of arrival.
//
// Order. Tickets, problems, users and sites fold in the order (term, seq); additions (seq 0:
// comments, +1s, calls) commute. fold() says kRefold when an ordered event arrived behind a later
// one: the caller folds the whole aggregate again from its history, sorted by canonical_order().
// There kRefold means: another event has this place already (a fork), this one stays without
// effect. The personal part commutes and is folded whatever fold() says.
//
// Ownership. A ticket's ordered event takes effect only when its origin owned the ticket in its
// term and had not lost it at its position (ownership.h); else it is counted as late.
#pragma once

#include <concepts>

#include "protocol/domain/state.h"

namespace opora::protocol {

// Which kind an event of this type belongs to; nothing for types unknown here.
std::optional<Kind> kind_of(EventType type);
// Kinds whose events fold by (term, seq) and therefore keep a history.
bool is_ordered(Kind kind);

enum class FoldResult { kFolded, kRefold };
[[nodiscard]] FoldResult fold(Entity& entity, const Event& event);

// Folds only the personal part (a key that came later, or the other half of fold()). Any order.
void fold_personal(Entity& entity, const Event& event);

// Recordings of calls: of two beginnings the earlier stands. fold() calls these.
template <class F>
concept is_recording_fact = std::same_as<F, RecordingKept> || std::same_as<F, RecordingErased> ||
    std::same_as<F, RecordingMissed>;
void fold_recording(Entity& entity, const Envelope& env, const RecordingKept& e);
void fold_recording(Entity& entity, const Envelope& env, const RecordingErased& e);
void fold_recording(Entity& entity, const Envelope& env, const RecordingMissed& e);

// Whether the password of a site's own word counts: the region has set none after it.
bool password_stands(const OverruleState& overrule, const PersonalState& user);

// True when `a` folds before `b`: first who owned it when (TicketOwnerChanged), then ordered events
// by (term, seq), then additions as they happened.
bool canonical_order(const Event& a, const Event& b);
// The entity that all of its events make, given in canonical order.
Entity refold(const Entity& entity, const std::vector<Event>& history);

}  // namespace opora::protocol
