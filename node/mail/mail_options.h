// The options of a site's mail relay, from the command line or its configuration file. main()'s.
#pragma once

#include "node/mail/relay.h"

// NOLINTNEXTLINE(readability-identifier-naming): the name is CLI11's
namespace CLI {
class App;
}

namespace opora::node {

void add_mail_options(CLI::App& cli, MailSettings& settings);

}  // namespace opora::node
