#ifndef EXEC_CONFIG_H
#define EXEC_CONFIG_H
#include "exec/exec.h"

// ADMIN SHOW | SET FRONTEND CONFIG: the settings of StarRocks' FE that mean something here. They
// live as long as the process, as there; the server's own configuration file is another thing
// (docs/operations.md).
typedef struct Configs Configs;
Configs *configs_new(Arena *arena, const InstanceOptions *options);
void config_set_port(Configs *configs, uint16_t port);

#endif
