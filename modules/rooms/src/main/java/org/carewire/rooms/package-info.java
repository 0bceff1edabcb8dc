/** The room log, who may enter which room, visits and groups. */
@NullMarked
package org.carewire.rooms;

import org.jspecify.annotations.NullMarked;
