"""Classes of street scenes, and how instance ids are told from class ids."""
CLASSES = ('sky', 'cloud', 'sun', 'building', 'roof', 'window', 'road', 'lane marking', 'pavement',
           'grass', 'trunk', 'foliage', 'car', 'wheel', 'person', 'pole', 'traffic sign')
PALETTE = ((120, 180, 235), (235, 240, 250), (255, 225, 60), (130, 90, 80), (190, 70, 50),
           (60, 90, 130), (110, 100, 115), (250, 250, 250), (225, 130, 200), (120, 200, 80),
           (120, 80, 30), (30, 120, 40), (20, 50, 170), (0, 0, 40), (225, 20, 60), (160, 160, 165),
           (250, 170, 30))
(SKY_ID, CLOUD, SUN, BUILDING, ROOF, WINDOW, ROAD, MARKING, PAVEMENT, GRASS, TRUNK, FOLIAGE, CAR, WHEEL,
 PERSON, POLE, SIGN) = range(len(CLASSES))
FIRST_INSTANCE = 32  # below it, an instance id is a class id
