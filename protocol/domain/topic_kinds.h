// Which kind of contact a topic means, when a rubricator does not say: by the names that regions
// give their kinds of topics, in Russian and in English. Used once, at the hub, when such a
// rubricator is published; from then on its topics say it themselves. Pure.
#pragma once

#include "protocol/domain/events.h"

namespace opora::protocol {

// By the topic's own name before that of its kind («Запись на приём › Лист ожидания»), without
// regard to case.
ContactKind shipped_kind(const Topic& topic);

}  // namespace opora::protocol
