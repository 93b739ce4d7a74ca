#include "sync/journal/sealed_event.h"

#include "protocol/codec/record_codec.h"

namespace opora::sync {

using protocol::Event;

Result<SealedEvent> decode_sealed(std::string_view record, const protocol::Vocabulary& vocabulary) {
  auto view = protocol::decode_record(record);
  if (!view.ok()) return view.error();
  auto facts = vocabulary.decode(view->env, view->facts);
  if (!facts.ok()) return facts.error();
  Bytes sealed = std::move(view->sealed_personal);
  const bool is_sealed = !sealed.empty();
  return SealedEvent{Event{view->env, std::move(*facts), {}, is_sealed}, std::move(sealed)};
}

Result<Event> unseal(SealedEvent sealed, const KeyFinder& find_key) {
  Event& event = sealed.event;
  if (!event.sealed) return std::move(event);
  const auto key = find_key(event.env.aggregate);
  if (!key) return std::move(event);
  auto plain =
      protocol::open(*key, event.env.origin, event.env.n, event.env.aggregate, sealed.sealed);
  // A wrong key opens nothing: shown as closed, like an erased one.
  if (!plain.ok()) return std::move(event);
  auto personal = protocol::decode_personal(*plain);
  if (!personal.ok()) return personal.error();
  event.personal = std::move(*personal);
  return std::move(event);
}

}  // namespace opora::sync
