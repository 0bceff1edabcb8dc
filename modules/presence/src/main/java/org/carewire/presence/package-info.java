/** Who is there: sessions of users in Redis, what others see of them, when they were last seen. */
@NullMarked
package org.carewire.presence;

import org.jspecify.annotations.NullMarked;
