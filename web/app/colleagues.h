// The people of a site as its rows know them today: who is away, who has how much to do. What a
// decision on a ticket asks of them is protocol/domain/colleagues.h. Pure reading; any thread.
#pragma once

#include <string>
#include <vector>

#include "protocol/domain/colleagues.h"
#include "web/app/context.h"

namespace opora::app {

// What is said of the absence of a user who works at a site: the site's own word on it, else that
// of where the user was made. Whether it is past or to come is another matter.
protocol::Absence absence_told(const sync::Reader& rows, const protocol::Entity& user, SiteNo site);
// The same, empty when it is not today.
protocol::Absence absence_today(const Context& context, const sync::Reader& rows,
                                const protocol::Entity& user, SiteNo site);

// By login, at a site; without roles: nobody there has it.
protocol::Colleague colleague(const Context& context, const sync::Reader& rows,
                              const std::string& login, SiteNo site);
// Everybody who works there, the disabled included.
std::vector<protocol::Colleague> colleagues(const Context& context, const sync::Reader& rows,
                                            SiteNo site);

// How many open tickets of a site somebody has.
std::int64_t open_tickets(const sync::Reader& rows, SiteNo site, const std::string& login);

}  // namespace opora::app
