#include "temper_math.h"
#include "temper_reduce.h"
#include "temper_sha256.h"
#include "temper_system.h"
